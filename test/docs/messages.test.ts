import { readdirSync } from 'node:fs';
import { BODY_BYTES_MAX, WRAPPED_BYTES_MAX } from '../../src/application/messages/index.ts';
import { fingerprint } from '../../src/adapters/system/ids.ts';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openOrderSource } from '../../src/bootstrap/cli/submit/orderSource.ts';
import { CSV_COLUMNS } from '../../src/bootstrap/cli/submit/csvForms.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { ok, type Result } from 'neverthrow';
import { dispositionOf } from '../../src/application/delivery/disposition.ts';
import type { HandlerError } from '../../src/application/delivery/handler.ts';
import { deadLetterOf } from '../../src/application/delivery/deadLetterMessage.ts';
import {
  decodeNotificationMessage,
  decodePaymentMessage,
  GatewayEventV1,
  NotificationMessages,
  PaymentMessages,
  unwrap,
} from '../../src/application/messages/index.ts';
import { QUEUE_BYTES_MAX } from '../../src/application/ports/messageQueue.ts';
import { messageSchemas, orderEventSchemas } from '../../src/bootstrap/exportSchemas.ts';
import {
  AMOUNT_MINOR_MAX,
  QUANTITY_DECIMALS_MAX,
  RATE_DECIMALS_MAX,
  UNIT_PRICE_DECIMALS_MAX,
} from '../../src/domain/money/index.ts';
import { LINES_V1_MAX, TAX_RATE_BPS_MAX } from '../../src/domain/order/contentV1.ts';
import * as Order from '../../src/domain/order/index.ts';
import { fenced, readText, tableRows, TOP } from './markdown.ts';

describe('docs/messages.md', () => {
  const page = readText('docs/messages.md');
  const all = fenced(page, 'json');
  const envelopes = all.filter((text) => text.includes('"Type"'));
  const examples = all.filter((text) => !envelopes.includes(text));
  const nameOf = (example: string): string => {
    const { type, v } = JSON.parse(example) as { type: string; v: number };
    return `${type}.v${v}.schema.json`;
  };

  it('has the schemas of the code beside it, and no other (npm run docs:messages)', () => {
    const schemas = new Map([...messageSchemas(), ...orderEventSchemas()]);

    expect(readdirSync(join(TOP, 'docs/messages')).toSorted()).to.deep.equal(
      [...schemas.keys()].toSorted(),
    );
    for (const [name, text] of schemas) expect(readText(`docs/messages/${name}`)).to.equal(text);
  });

  it('links every schema and has an example of each message', () => {
    const names = [...messageSchemas().keys()];

    for (const name of names) expect(page).to.include(`(messages/${name})`);
    expect(new Set(examples.map(nameOf))).to.deep.equal(new Set(names));
  });

  it('has every column of CSV, and an example that is taken', async () => {
    const [, table = ''] = page.split('### Orders in a file');
    const named = [...table.matchAll(/^\| `.*?\|/gm)].join(' ').match(/(?<=`)[a-z][\w.]*(?=`)/gi);
    expect(named?.slice(0, CSV_COLUMNS.length)).to.have.members(CSV_COLUMNS);
    const opened = await openOrderSource(join(TOP, 'docs/orders.csv'), Readable.from([]));
    const found: unknown[] = [];
    for await (const { read } of opened._unsafeUnwrap().orders()) {
      found.push(read._unsafeUnwrap().lines.length);
    }
    expect(found).to.deep.equal([2, 1]);
  });

  describe('has examples that', () => {
    const ajv = new Ajv2020({ allErrors: true });
    for (const [index, example] of examples.entries()) {
      const validate = ajv.compile(
        JSON.parse(messageSchemas().get(nameOf(example)) ?? 'false') as object | boolean,
      );
      const title = `${index + 1}, ${nameOf(example)}`;

      it(`keep to the schema, which refuses a part too many or too few (${title})`, () => {
        const message = JSON.parse(example) as Record<string, unknown>;
        const { required = [] } = JSON.parse(messageSchemas().get(nameOf(example)) ?? '{}') as {
          required?: readonly string[];
        };
        const tooLittle = Object.fromEntries(
          Object.entries(message).filter(([part]) => part !== required.at(-1)),
        );

        validate(message);
        expect(validate.errors ?? []).to.deep.equal([]);
        expect(validate({ ...message, colour: 'red' })).to.equal(false);
        expect(validate(tooLittle)).to.equal(false);
      });

      it(`the service takes (${title})`, () => {
        const type = nameOf(example).split('.')[0];
        const isCommand = [...PaymentMessages, GatewayEventV1].some(
          ({ shape }) => shape.type.value === type,
        );
        const decoded: Result<{ readonly type: string }, unknown> = isCommand
          ? decodePaymentMessage(example)
          : decodeNotificationMessage(example);

        expect(decoded.map((message) => message.type)).to.deep.equal(ok(type));
      });
    }
  });

  it('says on which queue each message travels', () => {
    const queueOf = (schema: { readonly description?: string | undefined }) =>
      /^Queue: (\w+)\./.exec(schema.description ?? '')?.[1];
    const sent = [...PaymentMessages, GatewayEventV1, ...NotificationMessages].map((schema) => [
      `\`${schema.shape.type.value}\``,
      queueOf(schema),
    ]);

    expect(tableRows(page, 'Message').map(([type, queue]) => [type, queue])).to.have.deep.members(
      sent,
    );
  });

  it('has a schema that distinguishes an amount from lines, as the service does', () => {
    const validate = new Ajv2020().compile(
      JSON.parse(messageSchemas().get('RefundPayment.v1.schema.json') ?? 'false') as object,
    );
    const refund = { type: 'RefundPayment', v: 1, orderId: 'o-1', refundId: 'r-1' };
    const [amountMinor, lines] = [1, [{ line: 1, quantity: 1 }]];

    for (const parts of [{}, { amountMinor }, { lines }]) {
      expect(validate({ ...refund, ...parts })).to.equal(true);
    }
    expect(validate({ ...refund, amountMinor, lines })).to.equal(false);
  });

  it('has an envelope of SNS that is taken off, to a message that the service takes', () => {
    const [body = ''] = envelopes;
    const { signal } = new AbortController();
    const received = { messageId: 'm-1', body, attributes: {}, receiveCount: 1, sentAt: 0, signal };
    const opened = unwrap(received)._unsafeUnwrap();

    expect(envelopes).to.have.length(1);
    expect(opened.attributes).to.deep.equal({ correlationId: 'checkout-9001' });
    expect(decodeNotificationMessage(opened.body).isOk()).to.equal(true);
  });

  it('states the limits of the code', () => {
    const rules = new Map(tableRows(page, 'Part').map(([part, rule]) => [part, rule]));

    expect(rules.get('`lines`')).to.include(`1 to ${LINES_V1_MAX} lines`);
    expect(rules.get('`lines[].quantity`')).to.include(`from 1 to ${Order.QUANTITY_MAX}`);
    expect(rules.get('`lines[].taxRateBps`')).to.include(`from 0 to ${TAX_RATE_BPS_MAX}`);
    expect(rules.get('total with tax')).to.include(`at most ${AMOUNT_MINOR_MAX} minor`);
    for (const bytesMax of [BODY_BYTES_MAX, WRAPPED_BYTES_MAX]) {
      expect(page).to.include(`${bytesMax.toLocaleString('en')} bytes`);
    }
    expect(page).to.include(`at most ${QUEUE_BYTES_MAX.toLocaleString('en')} bytes`);
  });

  it('states the limits of the code for version 2', () => {
    const rules = new Map(tableRows(page, 'Part of version 2').map(([part, rule]) => [part, rule]));

    expect(rules.get('`lines`')).to.include(`1 to ${Order.LINES_MAX} lines`);
    expect(rules.get('`lines[].sku`, `.description`')).to.include(
      `1 to ${Order.SKU_CHARACTERS_MAX} and 1 to ${Order.DESCRIPTION_CHARACTERS_MAX} characters`,
    );
    expect(rules.get('`lines[].quantity`'))
      .to.include(`up to ${QUANTITY_DECIMALS_MAX} decimals`)
      .and.to.include(`up to ${Order.QUANTITY_MAX}`);
    expect(rules.get('`lines[].unitPrice`')).to.include(
      `up to ${UNIT_PRICE_DECIMALS_MAX} decimals`,
    );
    expect(rules.get('`lines[].taxes`')).to.include(`1 to ${Order.TAXES_MAX}:`);
    for (const part of ['`lines[].allowances`', '`allowances`']) {
      expect(rules.get(part)).to.include(`at most ${Order.ADJUSTMENTS_MAX}`);
    }
    expect(rules.get('`charges`')).to.include(`at most ${Order.CHARGES_MAX}:`);
    expect(rules.get('`prepaid`')).to.include(`at most ${Order.PREPAID_MAX}:`);
    expect(rules.get('`cashRounding.stepMinor`')).to.include(
      `at most ${Order.CASH_STEP_MINOR_MAX}`,
    );
    expect(page).to.include(`An order may take ${Order.ORDER_BYTES_MAX} bytes`);
    expect(page).to.include(`a percentage with up to ${RATE_DECIMALS_MAX} decimals`);
  });

  it('lists exactly the errors that go to the dead-letter queue', () => {
    const deadLettered = Object.values(EVERY_ERROR)
      .filter((error) => dispositionOf(error).type === 'DeadLetter')
      .map(({ type }) => `\`${type}\``)
      // What would be tried again, and was too often.
      .concat('`GivenUp`');

    expect(tableRows(page, '`ErrorType`').map(([type]) => type)).to.have.members(deadLettered);
  });

  it('lists exactly the attributes of a dead letter', () => {
    const { attributes = {} } = deadLetterOf(
      {
        messageId: 'm-1',
        receipt: 'r-1',
        body: '{}',
        attributes: { own: 'x' },
        traceHeader: 'Root=1',
        receiveCount: 1,
        sentAt: 0,
        damaged: false,
      },
      {
        reason: 'InvalidOrder',
        errorType: 'InvalidOrder',
        orderId: 'o-1',
        failedAt: 0,
        service: { name: 'payments', version: '0.1.0' },
      },
      { fingerprint },
    );
    const documented = Object.keys(attributes).map((name) =>
      name === 'own' ? 'its own' : `\`${name}\``,
    );

    expect(tableRows(page, 'Attribute').map(([name]) => name)).to.have.members(documented);
  });
});

const orderId = 'o-1';
const dependency = 'EventStore';
const cause = 'any';

/** One of each, so that a new error does not compile until it is here. */
const EVERY_ERROR: { readonly [T in HandlerError['type']]: HandlerError & { readonly type: T } } = {
  MalformedMessage: { type: 'MalformedMessage', reasons: [] },
  InvalidOrder: { type: 'InvalidOrder', orderId, reasons: [] },
  PayloadConflict: { type: 'PayloadConflict', orderId },
  NotAllowed: { type: 'NotAllowed', orderId, command: 'RefundPayment' },
  ReviewRequired: { type: 'ReviewRequired', orderId, reason: 'amount' },
  StepsExhausted: { type: 'StepsExhausted', orderId },
  Contradiction: { type: 'Contradiction', orderId, reason: 'moved' },
  DisputeUnknown: { type: 'DisputeUnknown', dispute: 'du_1', payment: 'pi_1' },
  Unchargeable: { type: 'Unchargeable', orderId, reason: 'too small' },
  OutcomeUnknown: { type: 'OutcomeUnknown', orderId, cause },
  NotExecuted: { type: 'NotExecuted', orderId, reason: 'rate limited' },
  ConflictsExhausted: { type: 'ConflictsExhausted', orderId },
  NotYet: { type: 'NotYet', orderId, why: 'any', retryAfterMs: 1 },
  Undeliverable: { type: 'Undeliverable', orderId, reason: 'suppressed' },
  SendFailed: { type: 'SendFailed', code: 'InternalError' },
  TooLarge: { type: 'TooLarge', bytes: 2_000_000 },
  CommitTooLarge: { type: 'CommitTooLarge', streamId: 'order#o-1', bytes: 500_000 },
  CorruptStream: { type: 'CorruptStream', streamId: 'order#o-1', version: 1, why: 'any' },
  CorruptRow: { type: 'CorruptRow', orderId, why: 'any' },
  Uncertain: { type: 'Uncertain', streamId: 'order#o-1', cause },
  Unavailable: { type: 'Unavailable', dependency, cause, throttled: false },
  Misconfigured: { type: 'Misconfigured', dependency, cause },
  Aborted: { type: 'Aborted', dependency },
};
