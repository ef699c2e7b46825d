/**
 * Tests of what nodes are deployed with: images and Kubernetes manifests. They hold what is written there against the
 * typed models of Kubernetes, against the settings, endpoints and metrics of the nodes, and against itself.
 */
@NullMarked
package postbus.k8s;

import org.jspecify.annotations.NullMarked;
