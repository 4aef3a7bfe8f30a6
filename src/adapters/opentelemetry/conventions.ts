/*
 * The names of OpenTelemetry's semantic conventions 1.45 for messaging, databases and calls of AWS.
 * Most are not stable yet, and the package that lists them asks to copy such names. A test compares
 * them with it.
 */
export const CONVENTIONS = {
  system: 'messaging.system.name',
  destination: 'messaging.destination.name',
  operation: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  messageId: 'messaging.message.id',
  bodySize: 'messaging.message.body.size',
  batchCount: 'messaging.batch.message_count',
  rpcSystem: 'rpc.system.name',
  rpcMethod: 'rpc.method',
  dbSystem: 'db.system.name',
  dbOperation: 'db.operation.name',
  errorType: 'error.type',
} as const;

/** Names of our own, for what no convention has one for. */
export const OWN = {
  orderId: 'paidonce.order.id',
  outcome: 'paidonce.outcome',
  disposition: 'paidonce.disposition',
  attempt: 'paidonce.attempt',
  streamKind: 'paidonce.stream.kind',
  streamVersion: 'paidonce.stream.version',
  events: 'paidonce.events',
  gatewayCall: 'paidonce.gateway.call',
  entries: 'paidonce.call.entries',
} as const;

export const SYSTEMS = { sqs: 'aws.sqs', sns: 'aws.sns' } as const;
