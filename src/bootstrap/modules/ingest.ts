import { createCheckOrder } from '../../application/ingest/checkOrder.ts';
import { createPreviewCommand } from '../../application/ingest/previewCommand.ts';
import { createRequestByHand } from '../../application/ingest/requestByHand.ts';
import { createSendCommand } from '../../application/ingest/sendCommand.ts';
import { createSubmitOrders } from '../../application/ingest/submitOrders.ts';
import { createRunLoad } from '../../application/load/runLoad.ts';
import { from, type Module } from '../tokens.ts';

/** Phase 1: orders come in, and what is asked for of an order that was placed, or will be. */
export const ingest = {
  // Whether the payment service would take an order: pure, and sends nothing.
  checkOrder: from(['requests', 'roundsToSteps'], createCheckOrder),
  submitOrders: from(['payments', 'notifications', 'ids', 'tracing'], createSubmitOrders),
  sendCommand: from(['payments', 'ids'], createSendCommand),
  runLoad: from(['submitOrders', 'store', 'clock'], createRunLoad),
  // What a refund or a cancellation would come to: pure, too.
  previewCommand: from(['requests', 'ids'], createPreviewCommand),
  requestByHand: from(['store', 'sendCommand', 'clock', 'ids'], createRequestByHand),
} satisfies Module;
