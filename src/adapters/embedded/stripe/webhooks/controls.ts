import type { FastifyInstance } from 'fastify';
import { defined } from '../../../defined.ts';
import { invalid } from '../errors.ts';
import { send } from '../replies.ts';
import { CALL_FAULT_NAMES, parseWebhookSettings } from './settings.ts';
import type { Webhooks } from './webhooks.ts';

/** The one endpoint that all events are sent to. Its secret is not shown again. */
export const addWebhookControls = (scope: FastifyInstance, webhooks: Webhooks): void => {
  const answer = (): object => {
    const { percent = {}, url = null, lateMs, seed } = webhooks.settings() ?? {};
    const all = Object.fromEntries(CALL_FAULT_NAMES.map((name) => [name, percent[name] ?? 0]));
    const settings = { url, percent: all, ...defined({ lateMs, seed }) };
    return { object: 'sandbox_webhooks', ...settings, counts: webhooks.counts() };
  };
  scope.get('/sandbox/webhooks', answer);
  scope.put('/sandbox/webhooks', (request, reply) => {
    const chosen = parseWebhookSettings(request.body);
    if (chosen.isErr()) return send(reply, invalid(chosen.error));
    webhooks.set(chosen.value);
    return reply.send(answer());
  });
  scope.delete('/sandbox/webhooks', (_request, reply) => {
    webhooks.set(undefined);
    return reply.send(answer());
  });
};
