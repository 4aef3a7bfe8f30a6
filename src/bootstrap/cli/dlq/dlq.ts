import { defineGroup } from '../common/command.ts';
import { registerDiscard, registerRedrive } from './act.ts';
import { registerList } from './list.ts';
import { registerShow } from './show.ts';

export const registerDlq = defineGroup(
  'dlq',
  'the dead letters of both services: list, show, redrive, discard',
  [registerList, registerShow, registerRedrive, registerDiscard],
);
