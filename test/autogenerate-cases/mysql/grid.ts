import type { Grid } from '../coverage.ts'

const nameless = 'it has no name'
const named = 'the row `name` has it'
const isOrNot = 'it is there or it is not'
const always = 'there is one, always'
const parts = 'what can change of it has rows of its own'
const silent = 'no declaration has a word for it: what stands stays'
const leftAlone = 'it is reported, and not compared'
const isRenamed = 'a name is changed: it is a rename'

const flag = { change: isOrNot, rename: nameless }
const value = { rename: nameless }
const onlyName = { add: isRenamed, drop: isRenamed, change: isRenamed }
const unsaid = { add: silent, drop: silent, change: silent, rename: silent }

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
    position: { drop: leftAlone, change: leftAlone, rename: nameless },
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
    visibility: unsaid,
  },
  view: {
    itself: { change: parts },
    query: { add: always, drop: always, rename: nameless },
    'what it reads': {},
    options: { add: leftAlone, drop: leftAlone, change: leftAlone, rename: leftAlone },
  },
  sequence: {
    itself: unsaid,
  },
  trigger: {
    itself: { add: silent },
  },
}
