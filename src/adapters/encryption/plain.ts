import { errAsync, okAsync } from 'neverthrow';
import type { PersonalData } from '../../application/ports/personalData.ts';
import { misconfigured } from '../failures.ts';

/** For a deployment that has chosen to encrypt nothing: what is personal is stored as it is. */
export const createPlainPersonalData = (): PersonalData => ({
  seal: ({ events }) => okAsync(events),
  reveal: (commits) =>
    commits.some(({ events }) => events.some(({ sealed }) => sealed !== undefined))
      ? errAsync(misconfigured('CustomerKeys', ENCRYPTED))
      : okAsync(commits),
  check: () => okAsync('Works'),
});

const ENCRYPTED =
  'personal data in the log is encrypted, and PERSONAL_DATA_KEY is none: it must be what it was';
