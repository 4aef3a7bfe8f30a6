export {
  isAboutDeadLetter,
  DEAD_LETTER_QUEUES,
  type Event,
  type DeadLetterQueue,
  codec,
  codecs,
} from './events.ts';
