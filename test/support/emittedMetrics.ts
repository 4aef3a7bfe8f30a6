import { toLine } from '../../src/adapters/telemetry/line.ts';
import { createRecordAudit } from '../../src/application/registry/auditRecords.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { memory } from '../../src/bootstrap/modules/memory.ts';
import { NOTHING_FOUND } from './auditing.ts';
import { must } from './commits.ts';
import { anOrder } from './orderLife.ts';

const DAY_MS = 86_400_000;
const NAMESPACE = 'Paidonce';

type EmbeddedMetrics = {
  readonly service: string;
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
};

/** Which service has a record in which. */
const serviceOf = (event: string, facts: Readonly<Record<string, unknown>> = {}): string =>
  /^(reconcile|review)\./.test(event) ? 'reconciler' : String(facts['service']);

/**
 * The metrics that a run of an order, of its mail, of an audit and of the reconciler brings to
 * CloudWatch, as `service metric`, by the lines that are written.
 */
export const emittedMetrics = async (): Promise<ReadonlySet<string>> => {
  const { get } = createContainer(application, memory());
  const [clock, store, ids] = [get('clock'), get('store'), get('ids')];
  await clock.advance(DAY_MS);
  const now = clock.now();
  await must(
    createRecordAudit({ store, ids })({
      ...NOTHING_FOUND,
      disputes: 1,
      startedAt: now,
      endedAt: now,
      disputesDueBy: now + DAY_MS,
    }),
  );
  await must(
    get('payments').send([
      {
        body: JSON.stringify({ type: 'PlaceOrder', v: 1, ...anOrder({ orderId: 'o-1' }) }),
        attributes: {},
      },
    ]),
  );
  const stop = new AbortController();
  const running = [
    get('paymentConsumer').run(stop.signal),
    get('notificationConsumer').run(stop.signal),
    get('reconcile')(),
  ];
  await clock.advance(DAY_MS / 24);
  stop.abort();
  await clock.advance(60_000);
  await Promise.all(running);

  const lines = get('telemetry')
    .records()
    .flatMap((record) => {
      const service = serviceOf(record.event, record.facts);
      const stamp = { time: clock.now(), id: 'x', service, metricsNamespace: NAMESPACE };
      return toLine(record, stamp)
        .map((text) => [JSON.parse(text) as EmbeddedMetrics])
        .unwrapOr([]);
    });
  return new Set(
    lines.flatMap(({ service, _aws }) =>
      (_aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
        Namespace === NAMESPACE && JSON.stringify(Dimensions) === '[["service"]]'
          ? Metrics.map(({ Name }) => `${service} ${Name}`)
          : [],
      ),
    ),
  );
};
