import { expect } from 'chai';
import type { NotificationDependencies } from '../../src/application/notification/notifyCustomer.ts';

/** What a notification service writes its mails by: in English, without any file or link. */
export const MAILING: Pick<NotificationDependencies, 'mailSettings' | 'renderer'> = {
  mailSettings: { defaultLanguage: 'en', delivery: 'none', linkTemplate: '' },
  renderer: { pdf: () => expect.fail('a PDF was made') },
};
