// What a site pastes into its pages: calls are kept in a list until the library is there and takes them over.
(() => {
  const methods = ["identify", "track", "page", "group", "alias", "ready", "on", "once", "reset", "user", "setAnonymousId"];
  const analytics = (window.analytics = window.analytics || []);
  if (analytics.initialize || analytics.invoked) return;
  analytics.invoked = true;
  analytics.methods = methods;
  for (const method of methods)
    analytics[method] = (...args) => {
      if (window.analytics.initialized) return window.analytics[method](...args);
      analytics.push([method, ...args]);
      return analytics;
    };
  analytics.load = (key, options) => {
    const script = document.createElement("script");
    script.async = true;
    script.src = `/analytics.js/v1/${key}/analytics.min.js`;
    document.head.append(script);
    analytics._loadOptions = options;
  };
  analytics._cdn = location.origin; // as sites do that serve the library themselves
  analytics._writeKey = new URLSearchParams(location.search).get("key");
  analytics.load(analytics._writeKey);
  analytics.page();
})();
