import type { TraceInput } from './traceInput.ts';
import type { Message } from './steps/messages.ts';
import type { Timeline } from './timeline.ts';

/** The uncertainties of a timeline, for readers who rely on it. */
export const notesOf = ({
  input: { row, entries, records },
  messages,
  steps,
  skewMs,
}: {
  readonly input: TraceInput;
  readonly messages: readonly Message[];
  readonly steps: Timeline['steps'];
  readonly skewMs: number;
}): readonly string[] => {
  const issued = entries.findLast(({ located }) =>
    located.some(({ event: { type } }) => type === 'InvoiceIssued' || type === 'CreditNoteIssued'),
  )?.commit;
  const notes: string[] = [];
  if (skewMs > 0) {
    notes.push(
      `Times are those of whoever wrote them down. By up to ${skewMs} ms they contradict what caused what, which counts here.`,
    );
  }
  if (steps.some(({ from, source }) => from === 'gateway' && source === 'event')) {
    notes.push(
      'Answers of the gateway that proved something have the time of the commit that they led to.',
    );
  }
  if (steps.some(({ from, to }) => from === 'notification service' && to === from)) {
    notes.push(
      'Where two processes handled one notice at once, it is a guess which of them wrote.',
    );
  }
  if (issued !== undefined && (row === undefined || row.version < issued.version)) {
    notes.push(
      'The row in the invoice table is missing or older than the log: a worker is about to write it, or `paidonce replay invoices` does.',
    );
  }
  for (const { id, handlings } of records === undefined ? [] : messages) {
    const attempts = handlings.map(({ end }) => end?.attempt ?? 0);
    const missed = Math.max(0, ...attempts) - handlings.length;
    // A redriven message continues the count of receives from before it was moved.
    const isRedriven = steps.some((step) => step.messageId === id && step.from === 'operator');
    if (missed > 0 && !isRedriven) {
      notes.push(
        `Of ${missed} receives of message ${id} there is no record: a process died, or records were lost.`,
      );
    }
  }
  return notes;
};
