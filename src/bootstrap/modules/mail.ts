import { createSesNotifier, probeSender } from '../../adapters/ses/sender.ts';
import { probeQueues } from '../../adapters/sqs/queues.ts';
import { unlessForbidden } from '../../application/delivery/probes.ts';
import { from, type Module } from '../tokens.ts';
import { createPdfRenderer } from './documents.ts';

/** Notifies customers by SES, with the settings by which their mails are written. */
export const mail = {
  notifier: from({ settings: ['MAIL_FROM'], needs: ['openSes'] }, ({ openSes }, config) =>
    createSesNotifier(openSes, { from: config.MAIL_FROM }),
  ),
  claimLeaseMs: from(
    { settings: ['NOTIFICATION_LEASE_MS'] },
    (_, config) => config.NOTIFICATION_LEASE_MS,
  ),
  mailSettings: from(
    { settings: ['DEFAULT_LANGUAGE', 'INVOICE_DELIVERY', 'INVOICE_LINK'] },
    (_, config) => ({
      defaultLanguage: config.DEFAULT_LANGUAGE,
      delivery: config.INVOICE_DELIVERY,
      linkTemplate: config.INVOICE_LINK ?? '',
    }),
  ),
  pdfRenderer: from({ settings: ['DEFAULT_LANGUAGE', 'INVOICE_FONTS'] }, (_, config) =>
    createPdfRenderer({ language: config.DEFAULT_LANGUAGE, fontFiles: config.INVOICE_FONTS ?? [] }),
  ),
  notificationProbes: from(
    { settings: ['NOTIFICATIONS_QUEUE_URL', 'NOTIFICATIONS_DLQ_URL'], needs: ['sqs', 'openSes'] },
    ({ sqs: { client }, openSes }, { NOTIFICATIONS_QUEUE_URL, NOTIFICATIONS_DLQ_URL }) => ({
      MessageQueue: unlessForbidden(() =>
        probeQueues(client, [NOTIFICATIONS_QUEUE_URL, NOTIFICATIONS_DLQ_URL]),
      ),
      Notifier: unlessForbidden(() => probeSender(openSes)),
    }),
  ),
} satisfies Module;
