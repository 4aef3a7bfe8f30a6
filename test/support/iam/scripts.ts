import { creationOf, tableSchemas } from '../../../src/adapters/dynamodb/tableSchemas.ts';
import type { PolicyPlace } from '../../../src/adapters/iam/place.ts';
import type { Actor } from './deployment.ts';

/*
 * Answers that the local servers cannot give, and that lead to calls which would not be made
 * otherwise. Each call is decided by the policy before it is answered.
 */

/** So often the SDK tries one call. */
const TRIES = 3;

/** The service is busy for as many calls, so that the message is tried again later. */
export const busyAtFirst = ({ front }: Actor, busy: string, calls: number): void => {
  let left = calls * TRIES;
  front.script(({ service, method }) => {
    if (service !== busy || method !== 'POST' || left === 0) return undefined;
    left -= 1;
    return { status: 503, body: JSON.stringify({ message: 'Busy' }) };
  });
};

/** An account of SES whose identities can be asked for. */
export const maySend = ({ front }: Actor): void =>
  front.script(({ service, path }) =>
    service === 'ses' && path.startsWith('/v2/email/account')
      ? { status: 200, body: '{"SendingEnabled":true,"ProductionAccessEnabled":true}' }
      : undefined,
  );

/** Tables with everything turned off that protects them. */
export const unprotected = ({ front }: Actor, { tables }: PolicyPlace): void =>
  front.script(({ service, target, body }) => {
    const operation = target.split('.')[1] ?? '';
    if (service !== 'dynamodb' || !(operation in TURNED_OFF)) return undefined;
    const { TableName } = JSON.parse(body) as { readonly TableName: string };
    const schema = tableSchemas(tables).find(({ table }) => table === TableName);
    if (schema === undefined) return undefined;
    const described = {
      Table: { ...creationOf(schema), TableStatus: 'ACTIVE', DeletionProtectionEnabled: false },
    };
    const answer = operation === 'DescribeTable' ? described : TURNED_OFF[operation];
    return { status: 200, body: JSON.stringify(answer) };
  });

const TURNED_OFF: Readonly<Record<string, object>> = {
  DescribeTable: {},
  UpdateTable: {},
  DescribeContinuousBackups: {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  },
  UpdateContinuousBackups: {},
  DescribeTimeToLive: { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } },
  UpdateTimeToLive: {},
};
