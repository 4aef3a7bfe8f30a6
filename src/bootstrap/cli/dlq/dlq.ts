import { defineGroup } from '../common/command.ts';
import { discardCommand, redriveCommand } from './act.ts';
import { listCommand } from './list.ts';
import { showCommand } from './show.ts';

export const body = defineGroup([
  {
    name: 'list',
    summary: 'list dead letters, the oldest first, with what would happen if each were sent again',
    body: listCommand,
  },
  {
    name: 'show',
    summary:
      'show one dead letter: its content, its order, and what would happen if it were sent again',
    body: showCommand,
  },
  {
    name: 'redrive',
    summary: 'send dead letters to their queue again; the others stay in place',
    body: redriveCommand,
  },
  {
    name: 'discard',
    summary: 'discard dead letters; the others stay in place',
    body: discardCommand,
  },
]);
