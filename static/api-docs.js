// Shows the API's schema. Nothing is asked of any other server: no validator badge, no fonts, no telemetry.
"use strict";

const place = document.getElementById("docs");
SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
});
