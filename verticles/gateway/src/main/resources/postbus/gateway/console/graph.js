// Where things are in a picture of services and who listens to whom: layers in the direction of the flow, edges that
// go around what is between. Pure: from services and edges to places.

/** What a layout is made of; `main` is the direction of the flow, `cross` the other one. */
const WIDE = { main: 128, cross: 56, mainGap: 60, crossGap: 58, lane: 34, port: 13, isDown: false };
const NARROW = { main: 50, cross: 92, mainGap: 96, crossGap: 8, lane: 0, port: 14, isDown: true };
const MARGIN = 12;
/** Beside the last node, for an edge from it to itself. */
const LOOP = 26;

/**
 * @param edges [{from, to}]; one from a service to itself is a loop
 * @param width there is for the picture
 * @returns {width, height, isNarrow, nodes: [{name, x, y, width, height}], edges: [{from, to, path, label: {x, y}}]}
 */
export function layout(names, edges, width) {
  const size = width < 620 ? NARROW : WIDE;
  const layers = layered(names, edges);
  const rows = Math.max(1, ...layers.map(layer => layer.length));
  const spread = (each, gap) => rows * each + (rows - 1) * gap;
  const room = width - 2 * MARGIN - (size.isDown ? LOOP : 0);
  const depth = size.isDown
    ? layers.length * size.main + (layers.length - 1) * size.mainGap
    : Math.max(room, layers.length * size.main + (layers.length - 1) * size.mainGap);
  const mainGap = layers.length > 1 ? (depth - layers.length * size.main) / (layers.length - 1) : 0;
  const { crossGap } = size;
  const cross = size.isDown ? Math.min(120, (room - (rows - 1) * crossGap) / rows) : size.cross;
  const breadth = size.isDown ? room : spread(cross, crossGap) + 2 * size.lane;

  const nodes = new Map();
  layers.forEach((layer, depthIndex) => {
    const extent = layer.length * cross + (layer.length - 1) * crossGap;
    layer.forEach((name, index) => nodes.set(name, {
      name,
      layer: depthIndex,
      u: MARGIN + depthIndex * (size.main + mainGap),
      v: MARGIN + (breadth - extent) / 2 + index * (cross + crossGap),
    }));
  });

  const geometry = { size, nodes, layers, cross };
  const place = size.isDown ? (u, v) => ({ x: v, y: u }) : (u, v) => ({ x: u, y: v });
  const routed = route(edges, geometry);
  return {
    width: size.isDown ? width : Math.max(width, depth + 2 * MARGIN),
    height: size.isDown ? depth + 2 * MARGIN : breadth + 2 * MARGIN,
    isNarrow: size.isDown,
    nodes: [...nodes.values()].map(node => ({
      name: node.name,
      ...place(node.u, node.v),
      width: size.isDown ? cross : size.main,
      height: size.isDown ? size.main : cross,
    })),
    edges: routed.map(({ edge, points, label }) => ({
      ...edge,
      path: curve(points, place),
      label: place(label.u, label.v),
    })),
  };
}

const ALONE_MAX = 3;

/**
 * Sources that hear nobody come first, then the one most talk with, then the others, then those who only listen, and at
 * last those between whom nothing passes, a few side by side.
 */
function layered(names, edges) {
  const others = edges.filter(edge => edge.from !== edge.to);
  const hears = name => others.some(edge => edge.to === name);
  const speaks = name => others.some(edge => edge.from === name);
  const degree = name => others.filter(edge => edge.from === name || edge.to === name).length;
  const first = names.filter(name => !hears(name) && speaks(name));
  const last = names.filter(name => !speaks(name) && hears(name));
  const middle = names.filter(name => hears(name) && speaks(name))
    .sort((a, b) => degree(b) - degree(a) || a.localeCompare(b));
  const alone = names.filter(name => !hears(name) && !speaks(name));
  const layers = [first, middle.slice(0, 1), middle.slice(1).sort(), last];
  for (let from = 0; from < alone.length; from += ALONE_MAX) {
    layers.push(alone.slice(from, from + ALONE_MAX));
  }
  return layers.filter(layer => layer.length > 0);
}

function route(edges, geometry) {
  const { size, nodes, cross } = geometry;
  const routes = edges
    .filter(edge => nodes.has(edge.from) && nodes.has(edge.to))
    .map(edge => {
      const from = nodes.get(edge.from);
      const to = nodes.get(edge.to);
      return { edge, from, to, isBack: to.layer < from.layer, isBeside: to.layer === from.layer };
    });

  // Each end of an edge has a port of its own on its side of the node, in the order of where the other end is
  const ports = new Map();
  const side = (node, isEnd, other) => {
    const key = node.name + (isEnd ? '>' : '<');
    ports.set(key, [...(ports.get(key) || []), other]);
  };
  routes.filter(each => !each.isBeside).forEach(each => {
    side(each.from, !each.isBack, each);
    side(each.to, each.isBack, each);
  });
  const offset = (node, isEnd, one) => {
    const there = [...ports.get(node.name + (isEnd ? '>' : '<'))].sort((a, b) => far(a, node) - far(b, node));
    const step = Math.min(size.port, (cross - 12) / Math.max(1, there.length - 1));
    return cross / 2 + (there.indexOf(one) - (there.length - 1) / 2) * step;
  };
  const lanes = new Map();
  return routes.map(one => one.isBeside ? beside(one, geometry) : across(one, geometry, offset, lanes));
}

/** Where the other end is, for the order of ports; of two edges between the same services the one back comes second. */
function far(one, node) {
  const other = one.from === node ? one.to : one.from;
  return other.v + (one.isBack ? 0.1 : 0);
}

function across(one, geometry, offset, lanes) {
  const { size } = geometry;
  const start = { u: one.from.u + (one.isBack ? 0 : size.main), v: one.from.v + offset(one.from, !one.isBack, one) };
  const end = { u: one.to.u + (one.isBack ? size.main : 0), v: one.to.v + offset(one.to, one.isBack, one) };
  const direction = one.isBack ? -1 : 1;
  const points = [start];
  for (let layer = one.from.layer + direction; layer !== one.to.layer; layer += direction) {
    const part = (layer - one.from.layer) / (one.to.layer - one.from.layer);
    const v = passage(layer, start.v + (end.v - start.v) * part, geometry, lanes);
    const u = geometry.nodes.get(geometry.layers[layer][0]).u;
    points.push({ u: one.isBack ? u + size.main : u, v }, { u: one.isBack ? u : u + size.main, v });
  }
  points.push({ u: end.u - direction * 3, v: end.v });
  return { edge: one.edge, points, label: labelled(points, one, size.isDown) };
}

/** Beside what it passes where it passes something; else where edges between the same nodes are apart. */
function labelled(points, { from, to, isBack }, isDown) {
  if (points.length > 2) {
    return { u: (points[1].u + points[2].u) / 2, v: points[1].v };
  }
  const [a, b] = points;
  // Side by side, edges would have their labels over each other: of those that cross, every other one has it further on
  const isFurther = isBack || (isDown && to.v > from.v);
  const part = isFurther ? 0.52 : 0.3;
  return {
    u: a.u + (b.u - a.u) * (1.5 * part * (1 - part) + part ** 3),
    v: a.v + (b.v - a.v) * (3 - 2 * part) * part ** 2,
  };
}

/** The gap between the nodes of a layer that is nearest; edges through the same one run side by side. */
function passage(layer, wanted, { nodes, layers, cross, size }, lanes) {
  const there = layers[layer].map(name => nodes.get(name)).sort((a, b) => a.v - b.v);
  const gaps = [
    { v: there[0].v - 16, grows: -1 },
    ...there.slice(1).map((node, index) => ({ v: (there[index].v + cross + node.v) / 2, grows: 1 })),
    { v: there.at(-1).v + cross + 16, grows: 1 },
  ];
  const gap = gaps.reduce((best, each) => Math.abs(each.v - wanted) < Math.abs(best.v - wanted) ? each : best);
  const key = layer + ':' + gap.v;
  const nth = lanes.get(key) || 0;
  lanes.set(key, nth + 1);
  const isOuter = gap === gaps[0] || gap === gaps.at(-1);
  const spread = size.isDown ? 6 : 14;
  return gap.v + (isOuter ? gap.grows * nth * spread : Math.ceil(nth / 2) * (nth % 2 === 1 ? 1 : -1) * spread);
}

/** An edge within a layer, also one to itself: a bow from side to side. */
function beside(one, { size, cross }) {
  const u = one.from.u + size.main / 2;
  if (one.from === one.to) {
    return {
      edge: { ...one.edge, isLoop: true },
      points: [0.3, 0.7].map(part => ({ u: one.from.u + size.main * part, v: one.from.v + cross })),
      label: { u, v: one.from.v + cross + (size.isDown ? 12 : 17) },
    };
  }
  const isAfter = one.to.v > one.from.v;
  const shift = isAfter ? size.main * 0.14 : -size.main * 0.14;
  const start = { u: u + shift, v: one.from.v + (isAfter ? cross : 0) };
  const end = { u: u + shift, v: one.to.v + (isAfter ? -3 : cross + 3) };
  return { edge: { ...one.edge, isBow: true }, points: [start, end],
    label: { u: u + shift, v: (start.v + end.v) / 2 } };
}

/** A smooth line through the points that leaves and enters along the flow. */
function curve(points, place) {
  const text = ({ u, v }) => {
    const { x, y } = place(u, v);
    return x.toFixed(1) + ' ' + y.toFixed(1);
  };
  const [first, ...rest] = points;
  let path = 'M' + text(first);
  let before = first;
  for (const point of rest) {
    if (point.u === before.u) {
      path += 'L' + text(point);
    } else if (points.length === 2 && point.v === before.v && Math.abs(point.u - before.u) < 60) {
      // A loop
      path += 'C' + text({ u: before.u, v: before.v + 26 }) + ' ' + text({ u: point.u, v: point.v + 26 }) + ' '
        + text({ u: point.u, v: point.v + 3 });
    } else if (point.v === before.v) {
      path += 'L' + text(point);
    } else {
      const bend = (point.u - before.u) * 0.5;
      path += 'C' + text({ u: before.u + bend, v: before.v }) + ' ' + text({ u: point.u - bend, v: point.v }) + ' '
        + text(point);
    }
    before = point;
  }
  return path;
}
