import { randomUUID } from 'node:crypto';
import type { HandlerOptions, SdkAnswer, SdkRequest } from './httpHandler.ts';
import { DaySigner, type SigningCredentials } from './signer.ts';

/** Writes the requests of one hot operation, and reads its answers. */
export type DirectCall = {
  readonly operation: string;
  /** The body that the SDK would send: the same JSON. */
  readonly write: (input: object) => string;
  /** The output as the SDK would give it; undefined if the SDK is to judge the answer. */
  readonly read: (answer: object, input: object) => object | undefined;
};

/** The direct calls, by the class of the SDK's command. */
export type DirectCalls = readonly (readonly [command: unknown, call: DirectCall])[];

type Send = (command: object, options?: HandlerOptions) => Promise<object>;

/** The parts of a client of the SDK by which its calls are metered and sent. */
export type SdkClient = {
  readonly send: unknown;
  readonly middlewareStack: object;
  readonly config: {
    readonly requestHandler: object;
    readonly credentials: () => Promise<SigningCredentials>;
    readonly systemClockOffset: number;
    readonly retryStrategy: () => Promise<object>;
  };
};

/** The SDK's retry strategy in the mode `standard`, which is pinned. */
type StandardRetries = {
  readonly acquireInitialRetryToken: (scope: string) => Promise<object>;
  readonly recordSuccess: (token: object) => void;
};

/** Called with each call that succeeded. */
export type OnDirectCall = (operation: string, input: object, output: object) => void;

/** The request of an operation as the SDK has sent it, without what each has of its own. */
type Template = {
  readonly request: SdkRequest;
  readonly signer: DaySigner;
  readonly until: number;
};

/**
 * After this time the SDK shows again where a call goes: its credentials may be of another account.
 */
const TEMPLATE_MS = 60_000;
/** A process has some four queues, and three operations on each. */
const TEMPLATES_MAX = 100;
/** The headers that each request has of its own: the signer, Node or the code below writes them. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-security-token',
  'content-length',
  'amz-sdk-invocation-id',
]);
/** In a Lambda function each invocation has another value. */
const TRACE_HEADER = 'x-amzn-trace-id';
/** The SDK says with the first attempt of a call that it is one. */
const FIRST_ATTEMPT = /^attempt=1;/u;
const SCOPE = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/u;
const OK = 200;

/**
 * The client, whose hot calls are written, signed and read without the SDK's middleware: that takes
 * several times as long as to send them (ADR 0059). The SDK has the say over everything but a plain
 * success. It sends the first call of each operation, and shows how it is sent; and what does not
 * succeed at once it is given as its own first attempt, to be judged, sent again, or thrown.
 */
export const withDirectCalls = <Client extends SdkClient>(
  client: Client,
  calls: DirectCalls,
  onDirectCall: OnDirectCall,
): Client => {
  const byCommand = new Map(calls);
  const templates = new Map<string, Template>();
  const sendBySdk = (client.send as Send).bind(client);
  const { config } = client;
  const handler = config.requestHandler as {
    readonly handle: (request: SdkRequest, options: HandlerOptions) => Promise<SdkAnswer>;
  };

  const learn = (place: string, request: SdkRequest): void => {
    const template = templateOf(request, config.credentials);
    if (templates.size >= TEMPLATES_MAX) templates.clear();
    if (template !== undefined) templates.set(place, template);
  };

  const send: Send = async (command, options = {}) => {
    const call = byCommand.get(command.constructor);
    if (call === undefined) return sendBySdk(command, options);
    const { input } = command as { readonly input: { readonly QueueUrl?: string } };
    const place = `${call.operation} ${input.QueueUrl ?? ''}`;
    const template = templates.get(place);
    if (template === undefined || template.until <= Date.now()) {
      const onAnswered = (request: SdkRequest) => learn(place, request);
      return sendBySdk(command, { ...options, onAnswered });
    }
    const signed = await signedBy(template, call.write(input), config.systemClockOffset).catch(
      () => undefined,
    );
    if (signed === undefined) return sendBySdk(command, options);
    const answering = handler.handle(signed, options);
    const output = await answering.then(
      ({ response }) => outputOf(response, (answer) => call.read(answer, input)),
      () => undefined,
    );
    if (output === undefined) return sendBySdk(command, { ...options, firstAttempt: answering });
    onDirectCall(call.operation, input, output);
    // What repeated calls have used up comes back, as after a success of the SDK's own.
    const retries = (await config.retryStrategy()) as StandardRetries;
    retries.recordSuccess(await retries.acquireInitialRetryToken(place));
    return output;
  };
  return Object.assign(client, { send });
};

/** The template that a request makes; undefined if the request cannot be one of many. */
const templateOf = (
  { method, protocol, hostname, port, path, query, headers }: SdkRequest,
  credentials: () => Promise<SigningCredentials>,
): Template | undefined => {
  const kept = Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  const [, region, service] = SCOPE.exec(headers['authorization'] ?? '') ?? [];
  const isFirst = FIRST_ATTEMPT.test(headers['amz-sdk-request'] ?? '');
  const isTraced = kept.some(([name]) => name.toLowerCase() === TRACE_HEADER);
  if (region === undefined || service === undefined || !isFirst || isTraced) return undefined;
  const place = { method, protocol, hostname, path, ...(port !== undefined && { port }) };
  return {
    request: { ...place, ...(query && { query }), headers: Object.fromEntries(kept) },
    signer: new DaySigner({ credentials, region, service }),
    until: Date.now() + TEMPLATE_MS,
  };
};

const signedBy = (
  { request, signer }: Template,
  body: string,
  clockOffsetMs: number,
): Promise<SdkRequest> => {
  const headers = {
    ...request.headers,
    'content-length': String(Buffer.byteLength(body)),
    'amz-sdk-invocation-id': randomUUID(),
  };
  return signer.sign({ ...request, headers, body }, { signingDate: Date.now() + clockOffsetMs });
};

const outputOf = (
  { statusCode, headers, body }: SdkAnswer['response'],
  read: (answer: object) => object | undefined,
): object | undefined => {
  if (statusCode !== OK) return undefined;
  const answer = parsedObject(body);
  const output = answer && read(answer);
  const requestId = headers['x-amzn-requestid'];
  const $metadata = { httpStatusCode: statusCode, requestId, attempts: 1, totalRetryDelay: 0 };
  return output && { $metadata, ...output };
};

/** The parsed body; undefined for what is no object in JSON, such as the page of a proxy. */
const parsedObject = (body: Buffer): object | undefined => {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};
