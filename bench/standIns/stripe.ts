import type { Answer, ReceivedRequest } from './server.ts';

let charges = 0;

/** Every payment succeeds. */
export const handleStripe = ({ path, body }: ReceivedRequest): Answer => {
  if (!path.startsWith('POST')) return { body: ACCOUNT };
  charges += 1;
  const fields = new URLSearchParams(body);
  const metadata = Object.fromEntries(
    [...fields].flatMap(([name, value]) => {
      const inner = /^metadata\[(.*)\]$/u.exec(name)?.[1];
      return inner === undefined ? [] : [[inner, value]];
    }),
  );
  const amount = Number(fields.get('amount'));
  return {
    body: JSON.stringify({
      id: `pi_${charges}`,
      object: 'payment_intent',
      amount,
      amount_received: amount,
      currency: fields.get('currency'),
      created: Math.floor(Date.now() / 1_000),
      latest_charge: `ch_${charges}`,
      livemode: false,
      metadata,
      payment_method: fields.get('payment_method'),
      status: 'succeeded',
    }),
  };
};

const ACCOUNT = JSON.stringify({ id: 'acct_bench', object: 'account', charges_enabled: true });
