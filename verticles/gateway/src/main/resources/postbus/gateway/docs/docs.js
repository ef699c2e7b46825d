// Draws the contract that this gateway serves. Nothing is asked of another host.
SwaggerUIBundle({
  url: new URL('../openapi.yaml', document.baseURI).href,
  dom_id: '#contract',
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
