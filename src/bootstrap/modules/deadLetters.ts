import { createActOnDeadLetters } from '../../application/deadLetters/act.ts';
import { createPredictRedrive } from '../../application/deadLetters/predict.ts';
import { createListDeadLetters } from '../../application/deadLetters/list.ts';
import { createAppendDecision } from '../../application/deadLetters/appendDecision.ts';
import { from, type Module } from '../tokens.ts';

const QUEUES = ['payments', 'paymentsDlq', 'notifications', 'notificationsDlq'] as const;

export const deadLetters = {
  predictRedrive: from(
    [
      'store',
      'notices',
      'ids',
      'clock',
      'requests',
      'rules',
      'claimLeaseMs',
      'knownDeployment',
      'gatewayEventReader',
    ],
    ({ requests, knownDeployment: deployment, ...services }) =>
      createPredictRedrive({ ...services, gateway: requests, deployment }),
  ),
  listDeadLetters: from(
    ['paymentsDlq', 'notificationsDlq', 'predictRedrive', 'clock'],
    ({ paymentsDlq: payments, notificationsDlq: notifications, ...services }) =>
      createListDeadLetters({ ...services, deadLetters: { payments, notifications } }),
  ),
  // A person sends them again, or discards them. Neither can charge or mail.
  redriveDeadLetters: from(
    [...QUEUES, 'store', 'ids', 'predictRedrive', 'clock'],
    ({ payments, paymentsDlq, notifications, notificationsDlq, ...services }) =>
      createActOnDeadLetters({
        ...services,
        queues: { payments, notifications },
        deadLetters: { payments: paymentsDlq, notifications: notificationsDlq },
        appendDecision: createAppendDecision(services),
      }),
  ),
  discardDeadLetters: from(
    ['paymentsDlq', 'notificationsDlq', 'store', 'ids', 'predictRedrive', 'clock'],
    ({ paymentsDlq: payments, notificationsDlq: notifications, ...services }) =>
      createActOnDeadLetters({
        ...services,
        deadLetters: { payments, notifications },
        appendDecision: createAppendDecision(services),
      }),
  ),
} satisfies Module;
