import type { IncomingMessage, Server } from 'node:http';

/**
 * The names by which a program of this machine reaches a server on loopback. Under any other name a
 * browser was led here: a web page's own name may resolve to 127.0.0.1 (DNS rebinding), and the
 * browser then takes the server for that page's own.
 */
const OWN_NAME = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/iu;

/**
 * Values by which a browser says that its address bar, or a page of the same server, made the
 * request.
 */
const OWN_SITE: ReadonlySet<string> = new Set(['none', 'same-origin']);

/**
 * Answers programs of this machine, and refuses what a web page sends: whoever can be asked by any
 * page that is open in a browser holds its data in public. `hasPage` is for a server with a page of
 * its own, which may ask it.
 */
export const guardServer = (
  server: Server,
  { hasPage = false }: { readonly hasPage?: boolean } = {},
): void => {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const refusal = refusalOf(request, hasPage);
    if (refusal === undefined) {
      for (const listener of listeners) Reflect.apply(listener, server, [request, response]);
      return;
    }
    // What is still being sent is not read.
    response.writeHead(403, { 'Content-Type': 'text/plain', Connection: 'close' });
    response.end(`${refusal}\n`);
  });
};

const refusalOf = ({ headers }: IncomingMessage, hasPage: boolean): string | undefined => {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!OWN_NAME.test(host)) return 'This server answers to 127.0.0.1 and localhost alone.';
  const isOwnPage = hasPage && origin === `http://${host}`;
  const isOwnSite = typeof site !== 'string' || OWN_SITE.has(site);
  if ((origin !== undefined && !isOwnPage) || !isOwnSite) {
    return 'This server answers to programs of this machine, and to no web page.';
  }
  return undefined;
};
