import type { FastifyInstance } from 'fastify';
import { invalid, notFound } from './errors.ts';
import { FAULT_NAMES, parseFaultSettings } from './faultSettings.ts';
import type { Faults } from './faults.ts';
import { addOutsideControls, type ControlsOptions } from './outsideControls.ts';
import { send } from './replies.ts';
import { addWebhookControls, type Webhooks } from './webhooks/webhooks.ts';

/**
 * Features that Stripe does not have: the ledger, authorisations that expire at once, the
 * faults to inject, and where events are sent. They need no key.
 */
export const addControls = async (
  app: FastifyInstance,
  {
    store,
    faults,
    webhooks,
    requests,
    now,
  }: ControlsOptions & { readonly faults: Faults; readonly webhooks: Webhooks },
): Promise<void> => {
  const answer = (): object => {
    const { percent, ...settings } = faults.settings();
    const all = Object.fromEntries(FAULT_NAMES.map((name) => [name, percent[name] ?? 0]));
    return { object: 'sandbox_faults', percent: all, ...settings, shown: faults.shown() };
  };
  app.get('/sandbox/ledger', () => store.ledger(now()));
  app.post<{ Params: { id: string } }>('/sandbox/payments/:id/expire', async (request, reply) => {
    const { id } = request.params;
    const atMs = now();
    const { account, payment, state } = store.find(id, atMs) ?? {};
    if (account === undefined || payment !== id) {
      return send(reply, notFound('payment_intent', id));
    }
    if (state?.intent.object.status !== 'requires_capture') {
      return send(reply, invalid(`No authorisation of the payment ${id} is left to expire.`));
    }
    await store.append({ type: 'Expired', account, payment, atMs });
    return reply.send({ object: 'sandbox_expiry', payment_intent: id });
  });
  // A scope of its own, since nothing else here accepts JSON.
  await app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string' },
      scope.getDefaultJsonParser('error', 'error'),
    );
    addWebhookControls(scope, webhooks);
    addOutsideControls(scope, { store, requests, now });
    scope.get('/sandbox/faults', answer);
    scope.put('/sandbox/faults', (request, reply) => {
      const chosen = parseFaultSettings(request.body);
      if (chosen.isErr()) return send(reply, invalid(chosen.error));
      faults.set(chosen.value);
      return reply.send(answer());
    });
    scope.delete('/sandbox/faults', (_request, reply) => {
      faults.set({});
      return reply.send(answer());
    });
  });
};
