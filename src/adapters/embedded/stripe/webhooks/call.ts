import { createHmac } from 'node:crypto';
import { eventObject, type SandboxEvent } from '../events.ts';
import { derivedId } from '../ids.ts';

/** One event on its way. */
export type SandboxCall = { readonly event: SandboxEvent; readonly isForged: boolean };

type Endpoint = { readonly url: string; readonly secret: string };

const ANSWER_MS_MAX = 10_000;
/** Anybody can sign by a secret of their own. */
const FORGERS_SECRET = 'whsec_of_somebody_who_forges';

/** True if the endpoint has confirmed the event: by any status of 2xx, as at Stripe. */
export const sendCall = async (
  { event, isForged }: SandboxCall,
  { url, secret }: Endpoint,
  closing: AbortSignal,
): Promise<boolean> => {
  const id = isForged ? derivedId('evt', event.id, 'forged') : event.id;
  const body = JSON.stringify(eventObject({ ...event, id }, { pendingWebhooks: 1 }), null, 2);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signatureOf(body, isForged ? FORGERS_SECRET : secret),
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
      body,
      // For Stripe a redirection is a failure.
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(ANSWER_MS_MAX)]),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    // Nobody answers: it is sent again.
    return false;
  }
};

/** https://docs.stripe.com/webhooks#verify-manually; the time is that of this call. */
const signatureOf = (body: string, secret: string): string => {
  const t = Math.floor(Date.now() / 1_000);
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
  return `t=${t},v1=${v1}`;
};
