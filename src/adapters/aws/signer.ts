import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

export type SigningCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
};

/** The values, or functions that find them, that the SDK gives to the signer of its choice. */
type SignerOptions = {
  readonly credentials: SigningCredentials | (() => Promise<SigningCredentials>);
  readonly region: string | (() => Promise<string>);
  readonly service: string;
};

type SignableRequest = {
  readonly method: string;
  readonly path: string;
  headers: Record<string, string>;
  readonly body?: unknown;
};

/** Values for one request; without them those of the client count. */
type SigningScope = {
  readonly signingDate?: Date | string | number;
  readonly signingRegion?: string;
  readonly signingService?: string;
};

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** Something on the way may change these, so that the SDK does not sign them either. */
const NOT_SIGNED: ReadonlySet<string> = new Set([
  'authorization',
  'cache-control',
  'connection',
  'expect',
  'from',
  'keep-alive',
  'max-forwards',
  'pragma',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
]);

const isSigned = (name: string): boolean =>
  !NOT_SIGNED.has(name) && !name.startsWith('proxy-') && !name.startsWith('sec-');

/**
 * Signature Version 4 for requests without a query, byte for byte as the SDK's own signer computes
 * it, but with the key of the day made once (ADR 0031):
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export class DaySigner {
  readonly #options: SignerOptions;

  constructor(options: SignerOptions) {
    this.#options = options;
  }

  async sign<R extends SignableRequest>(signable: R, options: SigningScope = {}): Promise<R> {
    const { credentials: source, region: ownRegion, service: ownService } = this.#options;
    const credentials = typeof source === 'function' ? await source() : source;
    const region =
      options.signingRegion ?? (typeof ownRegion === 'function' ? await ownRegion() : ownRegion);
    const service = options.signingService ?? ownService;
    const time = timeText(new Date(options.signingDate ?? Date.now()));
    const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
    const { sessionToken } = credentials;
    // The SDK signs the same request again when it repeats it.
    const bodyHash = hash('sha256', bodyOf(signable));
    const headers: Record<string, string> = {
      ...signable.headers,
      'x-amz-date': time,
      ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
      'x-amz-content-sha256': bodyHash,
    };
    const { canonical, names } = canonicalHeaders(headers);
    // The SDK has escaped the path, and all services but S3 have it escaped once more.
    const path = signable.path.replaceAll('%', '%25');
    const request = `${signable.method}\n${path}\n\n${canonical}\n${names}\n${bodyHash}`;
    const signature = createHmac('sha256', keyFor(credentials.secretAccessKey, scope))
      .update(`${ALGORITHM}\n${time}\n${scope}\n${hash('sha256', request)}`)
      .digest('hex');
    headers['authorization'] =
      `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, ` +
      `SignedHeaders=${names}, Signature=${signature}`;
    signable.headers = headers;
    return signable;
  }
}

/**
 * Keeps the text of the last second that was asked for: under load each second has hundreds of
 * requests.
 */
let [lastSecond, lastText] = [Number.NaN, ''];

const timeText = (at: Date): string => {
  const second = Math.floor(at.getTime() / 1_000);
  if (second !== lastSecond) {
    lastText = `${at.toISOString().slice(0, 19).replaceAll(/[-:]/gu, '')}Z`;
    lastSecond = second;
  }
  return lastText;
};

const bodyOf = ({ body }: SignableRequest): string | Uint8Array =>
  typeof body === 'string' || body instanceof Uint8Array ? body : '';

const canonicalHeaders = (headers: Readonly<Record<string, string>>) => {
  const { order, names } = signedOf(Object.keys(headers));
  let canonical = '';
  for (const { name, given } of order) canonical += `${name}:${trimmed(headers[given] ?? '')}\n`;
  return { canonical, names };
};

const trimmed = (value: string): string =>
  UNUSUAL_SPACE.test(value) ? value.replaceAll(/\s+/gu, ' ').trim() : value;

/** Any white space except a single blank between two characters. */
const UNUSUAL_SPACE = /^\s|\s$|\s\s|[^\S ]/u;

type SignedHeaders = {
  readonly order: readonly { readonly name: string; readonly given: string }[];
  readonly names: string;
};

/** Requests of one operation have the same headers. */
const SHAPES_MAX = 100;
const shapes = new Map<string, SignedHeaders>();

const signedOf = (given: readonly string[]): SignedHeaders => {
  const shape = given.join('\n');
  const known = shapes.get(shape);
  if (known !== undefined) return known;
  const order = given
    .map((one) => ({ name: one.toLowerCase(), given: one }))
    .filter(({ name }) => isSigned(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const made = { order, names: order.map(({ name }) => name).join(';') };
  if (shapes.size >= SHAPES_MAX) shapes.clear();
  shapes.set(shape, made);
  return made;
};

/** A process signs for one identity, four services and, around midnight, two days. */
const KEYS_MAX = 32;
const keys = new Map<string, KeyObject>();

const keyFor = (secret: string, scope: string): KeyObject => {
  const name = `${scope}/${secret}`;
  const known = keys.get(name);
  if (known !== undefined) return known;
  const made = scope
    .split('/')
    .reduce<string | Buffer>(
      (key, part) => createHmac('sha256', key).update(part).digest(),
      `AWS4${secret}`,
    );
  const key = createSecretKey(Buffer.from(made));
  if (keys.size === KEYS_MAX) keys.clear();
  keys.set(name, key);
  return key;
};
