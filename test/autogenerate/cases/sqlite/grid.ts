import type { Grid } from '../coverage.ts'
import { always, flag, named, nameless, onlyName, parts, silent, value } from '../reasons.ts'

/** Every cell of SQLite that has no case, and why. */
export const sqliteGrid: Grid = {
  table: {
    itself: { change: parts },
    options: flag,
    'of others': { add: silent, drop: silent, change: silent, rename: silent },
  },
  column: {
    itself: { change: parts },
    type: { add: always, drop: always, rename: 'a type that is called otherwise is another type' },
    default: value,
    nullability: flag,
    generated: value,
    identity: flag,
    collation: { rename: 'another name is another collation' },
    'values of an enum': {},
  },
  'primary key': {
    itself: { rename: 'its name is not visible: it is compared by its columns' },
  },
  'unique constraint': {
    itself: { rename: named },
    name: onlyName,
  },
  check: {
    itself: { rename: named },
    name: onlyName,
  },
  'foreign key': {
    itself: { rename: named },
    name: onlyName,
    actions: value,
    deferrable: value,
    'order of changes': {},
  },
  index: {
    itself: { rename: named },
    name: onlyName,
    unique: flag,
    order: flag,
    collation: { rename: 'another name is another collation' },
    expression: value,
    predicate: value,
  },
  view: {
    itself: { change: parts },
    query: { add: always, drop: always, rename: nameless },
    'what it reads': {},
  },
  trigger: {
    itself: { add: silent, rename: silent },
  },
}
