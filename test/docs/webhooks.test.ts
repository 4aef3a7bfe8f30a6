import { expect } from 'chai';
import { describe, it } from 'mocha';
import { STRIPE_EVENT_TYPES } from '../../src/adapters/stripe/events.ts';
import { STRIPE_CALLS } from '../../src/adapters/stripe/webhookCalls.ts';
import { CALL_BYTES_MAX } from '../../src/adapters/webhooks/httpServer.ts';
import { CALL_METRICS } from '../../src/application/gatewayEvents/receiveCall.ts';
import { readText, tableRows } from './markdown.ts';

describe('docs/webhooks.md', () => {
  const page = readText('docs/webhooks.md');

  it('lists the events that are understood, and no others', () => {
    const listed = [...page.matchAll(/^- `((?:payment_intent|refund|charge)\.[\w.]+)`$/gm)];
    expect(listed.map(([, type]) => type)).to.have.members(Object.keys(STRIPE_EVENT_TYPES));
  });

  it('has the path, the limit and the metrics that there are', () => {
    expect(page).to.include(`POST ${STRIPE_CALLS.path}\``);
    expect(page).to.include(`more than ${CALL_BYTES_MAX / 1_024} KiB`);
    for (const metric of Object.values(CALL_METRICS)) expect(page).to.include(`\`${metric}\``);
  });

  it('has each answer that a call may have', () => {
    const answers = tableRows(page, 'Answer').map(([answer]) => answer);
    expect(answers).to.deep.equal(['200', '400', '404, 405', '413', '503']);
  });
});
