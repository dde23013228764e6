import type { Grid } from '../coverage.ts'
import { always, flag, named, nameless, notCompared, onlyName, parts, silent, undeclared, value } from '../reasons.ts'

/** Every cell of MySQL and MariaDB that has no case, and why. */
export const mysqlGrid: Grid = {
  table: {
    itself: { change: parts },
    options: value,
    comment: value,
    'of others': { add: silent, change: silent, rename: silent },
  },
  column: {
    itself: { change: parts },
    position: { drop: notCompared, change: notCompared, rename: nameless },
    type: { add: always, drop: always, rename: 'a type that is called otherwise is another type' },
    default: value,
    'ON UPDATE': value,
    nullability: flag,
    generated: {},
    identity: {},
    collation: { rename: 'another name is another collation' },
    comment: value,
    'values of an enum': {},
  },
  'primary key': {
    itself: {},
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
    'index of the server': {},
    'order of changes': {},
  },
  index: {
    itself: { rename: named },
    name: onlyName,
    unique: flag,
    order: value,
    'prefix length': value,
    expression: value,
    method: { rename: 'another name is another method' },
    comment: value,
    visibility: undeclared,
  },
  view: {
    itself: { change: parts },
    query: { add: always, drop: always, rename: nameless },
    'what it reads': {},
    options: {},
  },
  sequence: {
    itself: undeclared,
  },
  trigger: {
    itself: { add: silent },
  },
}
