export {
  isAboutDeadLetter,
  DEAD_LETTER_QUEUES,
  type Event,
  type DeadLetterQueue,
} from './events.ts';
export { codec, codecs } from './codec.ts';
