import { expect } from 'chai';
import { QUEUE_BATCH_MAX } from '../../src/application/ports/messageQueue.ts';
import { STOP_MS } from '../../src/application/delivery/batch.ts';
import { STRIPE_TIMEOUT_MS } from '../../src/adapters/stripe/rules.ts';
import { queuePlan } from '../../src/bootstrap/config/queueSettings.ts';
import { handlerTimeMaxMs } from '../../src/bootstrap/config/timeBounds.ts';
import * as functions from '../../src/bootstrap/lambda.ts';
import { startMs } from '../../src/bootstrap/lambda/functions.ts';
import { fenced, readText, tableRows } from './markdown.ts';

describe('docs/lambda.md', () => {
  const page = readText('docs/lambda.md');
  const gateway = { gatewayTimeoutMs: STRIPE_TIMEOUT_MS };
  const rules = new Map(tableRows(page, 'Setting').map(([name, value = '']) => [name, value]));
  const seconds = (text = ''): readonly number[] =>
    [...text.matchAll(/(\d+) s\b/g)].map(([, number]) => Number(number));

  it('names the handlers that there are', () => {
    const handlers = tableRows(page, 'Function').map(([, handler = '']) => handler);

    expect(handlers).to.have.members(Object.keys(functions).map((name) => `\`index.${name}\``));
  });

  it('gives timeouts in which a message can be started', () => {
    const least = Object.values(startMs(gateway)).map((ms) => (ms + STOP_MS) / 1_000);
    const [advised = 0, atLeast] = seconds(rules.get('Timeout'));

    expect(atLeast).to.equal(Math.max(...least));
    const ofQueues = tableRows(page, 'Function').filter(([, , queue]) => queue !== 'none');
    expect(ofQueues.map(([, , , timeout]) => timeout)).to.deep.equal([
      `${advised} s`,
      `${advised} s`,
    ]);
    expect(advised).to.be.above(Math.max(...least));
    expect(page).to.include(`--timeout ${advised} `);
  });

  it('gives timeouts that fit the queues of setup, six times over', () => {
    const [advised = 0] = seconds(rules.get('Timeout'));
    const [visibility] = seconds(rules.get('Visibility of the queue'));

    expect(visibility).to.equal(6 * advised);
    expect(queuePlan(gateway).visibilityMs).to.equal(6_000 * advised);
    expect(handlerTimeMaxMs(gateway).payments).to.be.within(120_000, 900_000); // "some minutes"
  });

  it('shows a mapping that reports failures message by message', () => {
    const [mapping = ''] = fenced(page, 'json');

    expect(JSON.parse(mapping)).to.deep.include({
      BatchSize: QUEUE_BATCH_MAX,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('lets a function put messages off, and the mapping read the settings of its queue', () => {
    const [, policy = ''] = fenced(page, 'json');
    const { Statement } = JSON.parse(policy) as { Statement: readonly { Action: string[] }[] };

    expect(Statement.flatMap(({ Action }) => Action)).to.include.members([
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ]);
  });
});
