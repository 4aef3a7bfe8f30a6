import { err, ok, type Result } from 'neverthrow';
import type {
  CaptureRequest,
  ChargeRequest,
  ConfirmRequest,
  RefundRequest,
  Unchargeable,
  VoidRequest,
} from '../../../application/ports/paymentGateway.ts';
import { isHttpsUrl } from '../../../domain/httpsUrl.ts';
import { currencyExponent, limitRefusal, type AmountLimits } from '../../../domain/money/index.ts';

/** Twelve digits: https://docs.stripe.com/currencies#maximum-charge-amounts */
const AMOUNT_MAX = 999_999_999_999;

export const prepareCharge = (request: ChargeRequest): Result<string, Unchargeable> =>
  movable(request, [
    request.orderId,
    request.paymentMethod,
    request.customer ?? 'none',
    request.mandate ?? 'none',
  ]).map(() => writeCharge(request));

export const prepareCapture = (request: CaptureRequest): Result<string, Unchargeable> =>
  isPayment(request.payment)
    ? movable(request, [request.orderId]).map(() => writeCapture(request))
    : unchargeable('no payment of the gateway');

/** As at Stripe, a release says nothing but that it is one. */
export const prepareVoid = ({ payment }: VoidRequest): Result<string, Unchargeable> =>
  isPayment(payment) ? ok(VOID) : unchargeable('no payment of the gateway');

export const VOID = 'release=true';

export const prepareConfirm = (request: ConfirmRequest): Result<string, Unchargeable> =>
  isPayment(request.payment) && isHttpsUrl(request.returnUrl)
    ? ok(writeConfirm(request))
    : unchargeable('no payment of the gateway, or no address to return to');

export const isPreparedConfirm = (body: string, request: ConfirmRequest): boolean =>
  writeConfirm(request) === body;

/** A confirmation without the payment's reference, which stands elsewhere. */
export type ConfirmBody = Omit<ConfirmRequest, 'payment'>;

export const parseConfirm = (body: string): ConfirmBody => read<ConfirmBody>(CONFIRM_FIELDS, body);

export const isPreparedVoid = (body: string, _request: VoidRequest): boolean => body === VOID;

const isPayment = (reference: string): boolean => reference.startsWith('pi_');

export const prepareRefund = (request: RefundRequest): Result<string, Unchargeable> =>
  movable(request, [request.orderId, request.refundId, request.paymentReference], 'refunded').map(
    () => writeRefund(request),
  );

export const isPreparedCharge = (body: string, request: ChargeRequest): boolean =>
  writeCharge(request) === body;

export const isPreparedCapture = (body: string, request: CaptureRequest): boolean =>
  writeCapture(request) === body;

export const isPreparedRefund = (body: string, request: RefundRequest): boolean =>
  writeRefund(request) === body;

/** The request in a body; undefined if `prepareCharge` would not have written the body. */
export const parseCharge = (body: string): ChargeRequest | undefined => {
  const request = read<ChargeRequest>(CHARGE_FIELDS, body);
  return prepareCharge(request).unwrapOr('') === body ? request : undefined;
};

/** The currency and the payment's reference stand elsewhere, as at Stripe. */
export type CaptureBody = Omit<CaptureRequest, 'currency' | 'payment'>;

/** The request in a body; undefined if `prepareCapture` would not have written the body. */
export const parseCapture = (body: string): CaptureBody | undefined => {
  const request = read<CaptureBody>(CAPTURE_FIELDS, body);
  return isAmount(request.amountMinor) && writeCapture(request) === body ? request : undefined;
};

/** The currency is the payment's, as at Stripe. */
export type RefundBody = Omit<RefundRequest, 'currency'>;

/** The request in a body; undefined if `prepareRefund` would not have written the body. */
export const parseRefund = (body: string): RefundBody | undefined => {
  const request = read<RefundBody>(REFUND_FIELDS, body);
  return isAmount(request.amountMinor) && writeRefund(request) === body ? request : undefined;
};

const SAVED_FIELDS: readonly string[] = ['customer', 'mandate'];
const CHARGE_FIELDS = [
  'deployment',
  'orderId',
  'attempt',
  'amountMinor',
  'currency',
  'paymentMethod',
  'customer',
  'mandate',
] as const;
const CAPTURE_FIELDS = ['deployment', 'orderId', 'attempt', 'amountMinor'] as const;
const CONFIRM_FIELDS = ['paymentMethod', 'returnUrl'] as const;
const REFUND_FIELDS = [
  'deployment',
  'orderId',
  'refundId',
  'paymentReference',
  'amountMinor',
] as const;
const NUMBERS: ReadonlySet<string> = new Set(['attempt', 'amountMinor']);

/**
 * Fields that are left out of the body if they are empty; releases before 0.2 named no deployment.
 */
const OPTIONAL: ReadonlySet<string> = new Set(['deployment', 'customer', 'mandate']);

const read = <Request>(names: readonly (keyof Request & string)[], body: string): Request => {
  const fields = new URLSearchParams(body);
  const valueOf = (name: string): string | number =>
    NUMBERS.has(name) ? Number(fields.get(name)) : (fields.get(name) ?? '');
  const named = names.filter((name) => !SAVED_FIELDS.includes(name) || fields.has(name));
  return Object.fromEntries(named.map((name) => [name, valueOf(name)])) as Request;
};

const write = <Request>(names: readonly (keyof Request & string)[], request: Request): string =>
  new URLSearchParams(
    names
      .map((name) => [name, String(request[name] ?? '')])
      .filter(([name = '', text]) => text !== '' || !OPTIONAL.has(name)),
  ).toString();

const writeCharge = (request: ChargeRequest): string => write(CHARGE_FIELDS, request);
const writeCapture = (request: CaptureBody): string => write(CAPTURE_FIELDS, request);
const writeConfirm = (request: ConfirmBody): string => write(CONFIRM_FIELDS, request);
const writeRefund = (request: RefundBody): string => write(REFUND_FIELDS, request);

const movable = (
  { amountMinor, currency }: { readonly amountMinor: number; readonly currency: string },
  texts: readonly string[],
  use: 'paid' | 'refunded' = 'paid',
): Result<void, Unchargeable> => {
  const limits = limitsOf(currency);
  if (limits === undefined) return unchargeable(`currency ${currency}`);
  const refusal = limitRefusal(use, { amountMinor, currency }, limits);
  if (refusal !== undefined) return unchargeable(refusal);
  return texts.every((text) => text !== '' && text.isWellFormed())
    ? ok()
    : unchargeable('an empty or malformed text');
};

/** The least of each currency is for Stripe to say: tests charge single cents. */
export const limitsOf = (currency: string): AmountLimits | undefined => {
  const exponent = currencyExponent(currency);
  if (exponent === undefined || exponent > 3) return undefined;
  const stepMinor = stepOf(currency);
  return { leastMinor: stepMinor, mostMinor: AMOUNT_MAX, stepMinor };
};

/** Card networks carry two decimals, so that Stripe requires the third digit to be 0. */
export const stepOf = (currency: string): number => (currencyExponent(currency) === 3 ? 10 : 1);

const isAmount = (amountMinor: number): boolean =>
  Number.isSafeInteger(amountMinor) && amountMinor >= 1 && amountMinor <= AMOUNT_MAX;

const unchargeable = (reason: string): Result<never, Unchargeable> =>
  err({ type: 'Unchargeable', reason });
