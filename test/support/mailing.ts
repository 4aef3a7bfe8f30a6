import { expect } from 'chai';

/** What a notification service writes its mails by: in English, without any file or link. */
export const MAILING = {
  mailSettings: { defaultLanguage: 'en', delivery: 'none', linkTemplate: '' },
  renderer: { pdf: () => expect.fail('a PDF was made') },
} as const;
