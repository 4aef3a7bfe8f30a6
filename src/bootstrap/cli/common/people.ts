import type { Session } from './command.ts';

/** Whether a command shows what is personal; without the keys it shows that it is encrypted. */
export const mayReveal = ({ isGiven }: Pick<Session, 'isGiven'>): boolean =>
  isGiven('PERSONAL_DATA_KEY') && isGiven('KEYS_TABLE');
