import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { callbackify } from 'node:util';

/** The proxies between this machine and others, in the usual form of the environment. */
export type ProxySettings = {
  /** The proxy for HTTPS. */
  readonly https?: string;
  /** The proxy for plain HTTP. */
  readonly http?: string;
  /**
   * The targets that are reached without a proxy: names, addresses and networks, separated by
   * commas.
   */
  readonly except?: string;
};

/** The target of a connection. An IPv6 address may have the brackets that it has in a URL. */
export type ProxyTarget = {
  readonly protocol: 'http:' | 'https:';
  readonly host: string;
  readonly port: number;
};

/** The proxy did not open a way to the target, so that nothing can have been sent there. */
class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code = 'EPROXY';
}

/** This is longer than for a connection without a proxy, as two others are made on the way. */
export const PROXIED_CONNECT_TIMEOUT_MS = 3_000;

/**
 * This machine itself, and what answers on its own network alone: the addresses from which
 * credentials of an instance, a task or a pod come. A proxy would ask its own machine instead.
 */
const NEVER_PROXIED = new BlockList();
NEVER_PROXIED.addSubnet('127.0.0.0', 8, 'ipv4');
NEVER_PROXIED.addSubnet('169.254.0.0', 16, 'ipv4');
NEVER_PROXIED.addAddress('0.0.0.0', 'ipv4');
NEVER_PROXIED.addAddress('::1', 'ipv6');
NEVER_PROXIED.addSubnet('fe80::', 10, 'ipv6');
NEVER_PROXIED.addSubnet('fd00:ec2::', 32, 'ipv6');

const OWN_NAME = /^(?:.+\.)?localhost\.?$/u;

/** A proxy by its address; `proxy:3128` is one too. Undefined if the text is no such address. */
export const proxyAt = (text: string): URL | undefined => {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//iu.test(text) ? text : `http://${text}`);
  const isOne =
    url !== null &&
    /^https?:$/u.test(url.protocol) &&
    url.hostname !== '' &&
    url.pathname === '/' &&
    url.search + url.hash === '' &&
    [url.username, url.password].every(isEncoded);
  return isOne ? url : undefined;
};

const isEncoded = (text: string): boolean => {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
};

/** The proxy through which a target is reached, if one is. */
export const proxyFor = (
  { protocol, host: name, port }: ProxyTarget,
  { https: secure, http: plain, except = '' }: ProxySettings,
): URL | undefined => {
  const named = protocol === 'https:' ? secure : plain;
  if (named === undefined) return undefined;
  const host = name.replace(/^\[|\]$/gu, '').toLowerCase();
  return isExcepted(except, host, port) ? undefined : proxyAt(named);
};

const isExcepted = (except: string, host: string, port: number): boolean => {
  if (OWN_NAME.test(host) || isIn(NEVER_PROXIED, host)) return true;
  return except
    .split(/[\s,]+/u)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry.toLowerCase(), host, port));
};

/** A name stands for what is below it too, with a dot or `*.` in front or without. */
const matches = (entry: string, host: string, port: number): boolean => {
  if (entry === '*') return true;
  const [, network = '', bits] = /^(.+)\/(\d{1,3})$/u.exec(entry) ?? [];
  if (bits !== undefined) return isInNetwork(network, Number(bits), host);
  const [, inBrackets, plain, onlyPort] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/u.exec(entry) ?? [];
  if (onlyPort !== undefined && Number(onlyPort) !== port) return false;
  const name = (inBrackets ?? plain ?? entry).replace(/^\*?\./u, '');
  if (isIP(name) !== 0) return isInNetwork(name, isIP(name) === 6 ? 128 : 32, host);
  return host === name || host.endsWith(`.${name}`);
};

const isInNetwork = (network: string, bits: number, host: string): boolean => {
  const version = isIP(network);
  if (version === 0 || bits > (version === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, familyOf(version));
  return isIn(list, host);
};

const isIn = (list: BlockList, host: string): boolean => {
  const version = isIP(host);
  return version !== 0 && list.check(host, familyOf(version));
};

const familyOf = (version: number) => (version === 6 ? 'ipv6' : 'ipv4');

/** The address of a proxy without the name and the password that it asks for. */
export const nameOfProxy = (proxy: URL): string => `${proxy.protocol}//${proxy.host}`;

/**
 * Has the agent reach its targets through the proxies that are set. It does not hand out a
 * connection before the whole way stands, the target's TLS included: whoever waits for a connection
 * before it writes can still say that nothing was sent (R4).
 */
export const throughProxies = <A extends http.Agent>(agent: A, settings: ProxySettings): A => {
  const protocol = agent instanceof https.Agent ? 'https:' : 'http:';
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const { host, port } = options;
    const target = { protocol, host: host ?? 'localhost', port: Number(port) } as const;
    const proxy = proxyFor(target, settings);
    if (proxy === undefined) return connect(options, done);
    const open = async (): Promise<Duplex> => {
      const socket = await openTunnel(proxy, target);
      if (protocol === 'http:') return socket;
      return secured(connect({ ...options, socket } as typeof options) as TLSSocket);
    };
    callbackify(open)((error, socket) => done?.(error, socket));
    return undefined;
  };
  return agent;
};

const secured = (socket: TLSSocket): Promise<TLSSocket> => {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const late = setTimeout(
    () => socket.destroy(new ProxyError('no TLS through the proxy in time')),
    PROXIED_CONNECT_TIMEOUT_MS,
  );
  const closed = () => reject(new ProxyError('the way through the proxy was closed'));
  socket.once('error', reject).once('close', closed);
  socket.once('secureConnect', () => {
    socket.off('error', reject).off('close', closed);
    resolve(socket);
  });
  return promise.finally(() => clearTimeout(late));
};

/** A connection to the target that the proxy passes on unread. Rejects with a `ProxyError`. */
export const openTunnel = (proxy: URL, { host, port }: ProxyTarget): Promise<Socket> => {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const name = nameOfProxy(proxy);
  const to = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const isSecure = proxy.protocol === 'https:';
  const request = (isSecure ? https : http).request({
    agent: false,
    host: proxy.hostname.replace(/^\[|\]$/gu, ''),
    port: proxy.port === '' ? (isSecure ? 443 : 80) : Number(proxy.port),
    method: 'CONNECT',
    path: to,
    headers: { host: to, ...authorizationFor(proxy) },
  });
  const late = setTimeout(
    () => request.destroy(new ProxyError(`the proxy ${name} did not answer in time`)),
    PROXIED_CONNECT_TIMEOUT_MS,
  );
  request.once('connect', ({ statusCode = 0, statusMessage }, socket: Socket, rest: Buffer) => {
    clearTimeout(late);
    if (statusCode < 200 || statusCode > 299) {
      socket.destroy();
      const why = `${statusCode} ${statusMessage ?? ''}`.trim();
      return reject(new ProxyError(`the proxy ${name} does not connect to ${to}: ${why}`));
    }
    if (rest.length > 0) socket.unshift(rest);
    resolve(socket);
  });
  request.once('error', (cause) => {
    clearTimeout(late);
    if (cause instanceof ProxyError) return reject(cause);
    const why = 'code' in cause ? String(cause.code) : cause.message;
    reject(new ProxyError(`the proxy ${name} cannot be reached: ${why}`, { cause }));
  });
  request.end();
  return promise;
};

const authorizationFor = ({ username, password }: URL): http.OutgoingHttpHeaders => {
  if (username === '' && password === '') return {};
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(plain).toString('base64')}` };
};
