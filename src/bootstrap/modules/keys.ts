import { openKmsClient } from '../../adapters/aws/clients.ts';
import { createDynamoDbKeyTable } from '../../adapters/dynamodb/keyTable.ts';
import { createCustomerKeys } from '../../adapters/encryption/customerKeys.ts';
import {
  combineKeyEncryption,
  createLocalKeyEncryption,
} from '../../adapters/encryption/keyEncryption.ts';
import { createKeyRings } from '../../adapters/encryption/keyRings.ts';
import {
  createPersonalData,
  createPlainPersonalData,
} from '../../adapters/encryption/personalData.ts';
import { createKmsKeyEncryption } from '../../adapters/kms/keyEncryption.ts';
import { AWS_SETTINGS, awsSettings } from '../config.ts';
import { from, type Module } from '../tokens.ts';

/** The keys of personal data, and the key encryption that wraps them. */
export const keys = {
  keyTable: from({ settings: ['KEYS_TABLE'], needs: ['dynamoDb'] }, ({ dynamoDb }, config) =>
    createDynamoDbKeyTable(dynamoDb, { table: config.KEYS_TABLE }),
  ),
  personalData: from(
    {
      settings: ['PERSONAL_DATA_KEY', ...AWS_SETTINGS.KMS],
      needs: ['keyTable', 'clock', 'meter'],
    },
    ({ keyTable: table, clock, meter }, config) => {
      const openKms = () => openKmsClient({ ...awsSettings(config, 'KMS'), meter });
      const [first, ...others] = config.PERSONAL_DATA_KEY.map((source) =>
        source.type === 'Local'
          ? createLocalKeyEncryption(source.key)
          : createKmsKeyEncryption({ openKms, keyId: source.keyId, table, clock }),
      );
      if (first === undefined) return createPlainPersonalData();
      const encryption = combineKeyEncryption([first, ...others]);
      return createPersonalData(createKeyRings({ table, encryption, clock }));
    },
  ),
  customerKeys: from(['keyTable', 'clock'], ({ keyTable, clock }) =>
    createCustomerKeys(keyTable, clock),
  ),
  invoiceRetentionYears: from(
    { settings: ['INVOICE_RETENTION_YEARS'] },
    (_, config) => config.INVOICE_RETENTION_YEARS,
  ),
} satisfies Module;
