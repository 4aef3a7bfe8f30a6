import { ok, type Result } from 'neverthrow';
import { isHttpsUrl } from '../../domain/httpsUrl.ts';
import type {
  ConfirmOutcome,
  ConfirmRequest,
  Unchargeable,
} from '../../application/ports/paymentGateway.ts';
import { isText, notText, isPayment, encode } from './bodies.ts';
import { outcomeOfAnswer, readIntent } from './intents.ts';
import { fieldsOf, notExecuted, type OutcomeRow } from './rows.ts';

/**
 * One confirmation, on session, of a PaymentIntent that was declined off session since its bank
 * wants it authenticated: it "requires_payment_method" then, so that the method is named again
 * (https://support.stripe.com/questions, "Manual confirmation for off-session payments requiring
 * Strong Customer Authentication (SCA)", its second option).
 *
 * - `off_session=false`: the customer is there, and is asked to authenticate it;
 * - `return_url`: with it the customer is sent to an address, and without it the SDK of a browser
 *   would have to do it (https://docs.stripe.com/api/payment_intents/confirm). Stripe adds the
 *   client's secret to it: with that a browser may try again, with other means too.
 */
export const prepareConfirm = (request: ConfirmRequest): Result<string, Unchargeable> => {
  const { payment, paymentMethod, returnUrl } = request;
  if (!isPayment(payment) || !isText(paymentMethod)) return notText('payment or payment method');
  return isHttpsUrl(returnUrl) ? ok(writeConfirm(request)) : notText('return address');
};

const writeConfirm = ({ paymentMethod, returnUrl }: ConfirmRequest): string =>
  encode({ payment_method: paymentMethod, off_session: 'false', return_url: returnUrl });

export const isPreparedConfirm = (body: string, request: ConfirmRequest): boolean =>
  writeConfirm(request) === body;

const LIFECYCLE = 'https://docs.stripe.com/payments/paymentintents/lifecycle';

/**
 * The rows of the answers that a confirmation may get and a charge may not: both have this status.
 */
export const CONFIRMED = {
  status: 'requires_action',
  rows: [
    {
      when: 'names an https address to send its customer to',
      outcome: 'CustomerAwaited',
      source: LIFECYCLE,
    },
    {
      when: 'wants what no such address leads to',
      outcome: 'NotExecuted',
      source: LIFECYCLE,
    },
  ],
} as const satisfies {
  readonly status: string;
  readonly rows: readonly OutcomeRow[];
};

export const outcomeOfConfirmAnswer = (answer: unknown): ConfirmOutcome => {
  const intent = readIntent(answer);
  if (intent?.status !== CONFIRMED.status) return outcomeOfAnswer(answer);
  const link = linkIn(answer);
  return link === undefined
    ? notExecuted('no link to authenticate by', { refused: 'no_link' })
    : { type: 'CustomerAwaited', reference: intent.id, link };
};

/** https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action */
const linkIn = (answer: unknown): string | undefined => {
  const { type, redirect_to_url: redirect } = fieldsOf(fieldsOf(answer)['next_action']);
  const { url } = fieldsOf(redirect);
  return type === 'redirect_to_url' && typeof url === 'string' && isLink(url) ? url : undefined;
};

/** Longer than any of Stripe's. It goes into a mail. */
const LINK_MAX = 2_000;

const isLink = (url: string): boolean => url.length <= LINK_MAX && isHttpsUrl(url);
