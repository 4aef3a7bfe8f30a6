import type * as Sdk from '@aws-sdk/client-kms';
import { err, ok, okAsync, ResultAsync, safeTry } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type { KeyTrouble } from '../../application/ports/personalData.ts';
import { isClientFault, isNotConnected, isWithoutAccess, readAwsError } from '../aws/errors.ts';
import { decrypt, encryptOnce } from '../encryption/aead.ts';
import { damaged, type KeyEncryption } from '../encryption/keyEncryption.ts';
import type { KeyItem, KeyTable } from '../encryption/keyTable.ts';
import { misconfigured, unavailable } from '../failures.ts';

const DEPENDENCY = 'CustomerKeys';
/** KMS decrypts only for a caller that names the same context, and shows it in its trail. */
const CONTEXT = { purpose: 'paidonce key-encryption key' } as const;
/** The deployment's own key is in the table beside the customers' keys, under this owner. */
const OWNER = 'deployment#self';
const NAME = 'kek#1';
const KEK = `kms:${NAME}`;

type Kms = Pick<Sdk.KMSClient, 'send'>;

type KmsOptions = {
  /** The SDK of KMS is loaded when the first key is needed. */
  readonly openKms: () => Promise<Kms>;
  /** An id, ARN or alias of a symmetric key. */
  readonly keyId: string;
  readonly table: KeyTable;
  readonly clock: Pick<Clock, 'now'>;
};

/**
 * Wraps data keys by a key-encryption key that is in the table of keys, encrypted by AWS KMS. A
 * process asks KMS once, whatever the number of customers (ADR 0046).
 */
export const createKmsKeyEncryption = (options: KmsOptions): KeyEncryption => {
  let held: ResultAsync<Uint8Array, KeyTrouble> | undefined;
  const key = (): ResultAsync<Uint8Array, KeyTrouble> => {
    held ??= loadKey(options).mapErr((error) => {
      held = undefined;
      return error;
    });
    return held;
  };

  return {
    knows: (kek) => kek === KEK,
    isMade: () => storedKey(options).map((item) => item !== undefined),
    wrap: (secret, about) =>
      key().map((kek) => ({ kek: KEK, wrapped: encryptOnce(kek, secret, about) })),
    unwrap: ({ wrapped }, about) =>
      key().andThen((kek) => {
        const secret = decrypt(kek, wrapped, about);
        return secret === undefined ? err(damaged(KEK)) : okAsync(secret);
      }),
  };
};

const loadKey = (options: KmsOptions): ResultAsync<Uint8Array, KeyTrouble> =>
  safeTry(async function* () {
    let item = yield* storedKey(options);
    if (item === undefined) {
      yield* makeKey(options);
      // Another process may have made one first.
      item = yield* storedKey(options);
    }
    if (item === undefined) {
      return err(misconfigured(DEPENDENCY, 'the key-encryption key was stored and is not there'));
    }
    return ok(yield* unwrapByKms(item, options));
  });

const storedKey = ({
  table,
}: Pick<KmsOptions, 'table'>): ResultAsync<KeyItem | undefined, KeyTrouble> =>
  table.list(OWNER).map((items) => items.find(({ name }) => name === NAME));

const makeKey = ({ openKms, keyId, table, clock }: KmsOptions): ResultAsync<void, KeyTrouble> =>
  askKms(openKms, (kms, { GenerateDataKeyWithoutPlaintextCommand }) =>
    kms.send(
      new GenerateDataKeyWithoutPlaintextCommand({
        KeyId: keyId,
        KeySpec: 'AES_256',
        EncryptionContext: CONTEXT,
      }),
    ),
  )
    .andThen(({ CiphertextBlob: wrapped, KeyId: kek }) =>
      wrapped === undefined || kek === undefined
        ? err(unavailable(DEPENDENCY, 'KMS made no data key'))
        : ok({ owner: OWNER, name: NAME, kek, wrapped, at: clock.now() }),
    )
    .andThen((item) => table.insert(item))
    .map(() => undefined);

const unwrapByKms = (
  { kek, wrapped }: KeyItem,
  { openKms }: Pick<KmsOptions, 'openKms'>,
): ResultAsync<Uint8Array, KeyTrouble> =>
  askKms(openKms, (kms, { DecryptCommand }) =>
    kms.send(
      new DecryptCommand({ KeyId: kek, CiphertextBlob: wrapped, EncryptionContext: CONTEXT }),
    ),
  ).andThen(({ Plaintext: key }) =>
    key === undefined ? err(unavailable(DEPENDENCY, 'KMS decrypted nothing')) : ok(key),
  );

const askKms = <T>(
  openKms: KmsOptions['openKms'],
  work: (kms: Kms, sdk: typeof Sdk) => Promise<T>,
): ResultAsync<T, KeyTrouble> =>
  ResultAsync.fromThrowable(
    async () => work(await openKms(), await import('@aws-sdk/client-kms')),
    kmsFailure,
  )();

const kmsFailure = (thrown: unknown): KeyTrouble => {
  const error = readAwsError(thrown);
  const { cause, throttled } = error;
  if (throttled || isNotConnected(error)) return unavailable(DEPENDENCY, cause, throttled);
  return isWithoutAccess(error) || isClientFault(error)
    ? misconfigured(DEPENDENCY, cause)
    : unavailable(DEPENDENCY, cause);
};
