import type { FastifyReply } from 'fastify';
import type { StripeAnswer } from './errors.ts';
import type { Reaction } from './requests.ts';

export const send = (
  reply: FastifyReply,
  { status, body, headers = {} }: StripeAnswer,
): FastifyReply => reply.code(status).headers(headers).send(body);

/** An unreadable answer that ends in the middle. */
export const garble = (reply: FastifyReply, { status, body }: StripeAnswer): FastifyReply => {
  const text = JSON.stringify(body);
  return reply
    .code(status)
    .type('application/json')
    .send(text.slice(0, text.length / 2));
};

/** Cuts the connection without an answer. */
export const hangUp = (reply: FastifyReply): FastifyReply => {
  void reply.hijack();
  reply.raw.destroy();
  return reply;
};

export const react = (reply: FastifyReply, reaction: Reaction): FastifyReply => {
  if (reaction.type !== 'Answer') return hangUp(reply);
  if (reaction.replayed) void reply.header('idempotent-replayed', 'true');
  return reaction.garbled === true ? garble(reply, reaction) : send(reply, reaction);
};
