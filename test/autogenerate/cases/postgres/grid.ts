import type { Grid } from '../coverage.ts'
import { always, flag, named, nameless, notCompared, onlyName, parts, silent, undeclared, value } from '../reasons.ts'

/** Every cell of PostgreSQL that has no case, and why. */
export const postgresGrid: Grid = {
  table: {
    itself: { change: parts },
    schema: {},
    options: value,
    comment: value,
    'of others': { add: silent, change: silent, rename: silent },
  },
  column: {
    itself: { change: parts },
    type: {
      add: always,
      drop: always,
      rename: 'only enums have names of their own: they have a row of their own',
    },
    default: value,
    nullability: flag,
    generated: value,
    identity: { rename: 'the name of its sequence is reported, and not compared' },
    collation: { rename: 'another name is another collation' },
    comment: value,
    'values of an enum': {},
  },
  'primary key': {
    itself: { rename: named },
    name: onlyName,
  },
  'unique constraint': {
    itself: { rename: named },
    name: onlyName,
    'nulls not distinct': flag,
    deferrable: value,
  },
  check: {
    itself: { rename: named },
    name: onlyName,
    'not valid': undeclared,
  },
  'exclusion constraint': { itself: undeclared },
  'foreign key': {
    itself: { rename: named },
    name: onlyName,
    actions: value,
    deferrable: value,
    match: { change: 'the server has FULL and SIMPLE', rename: nameless },
    'not valid': flag,
    'order of changes': {},
  },
  index: {
    itself: { rename: named },
    name: onlyName,
    unique: value,
    order: value,
    collation: { rename: 'another name is another collation' },
    expression: value,
    predicate: value,
    method: { rename: 'another name is another method' },
    'operator class': { rename: 'another name is another class' },
    include: value,
    options: value,
    'nulls not distinct': flag,
    comment: value,
  },
  enum: {
    itself: { change: parts },
    values: {},
  },
  sequence: {
    itself: { change: parts },
    start: value,
    increment: value,
    bounds: value,
    cache: value,
    cycle: flag,
    type: undeclared,
    owner: { add: silent, drop: silent, change: silent },
  },
  schema: {
    itself: { change: 'there is nothing of it but its name' },
  },
  view: {
    itself: {},
    query: { add: always, drop: always, rename: nameless },
    'what it reads': {},
    options: {},
  },
  'materialized view': {
    itself: {},
    query: { add: always, drop: always, rename: nameless },
    'what it reads': {},
    options: { rename: nameless },
  },
  trigger: {
    itself: { add: silent, rename: silent },
  },
  function: { itself: undeclared },
  extension: { itself: undeclared },
  policy: {
    itself: { rename: 'a new name is another policy: the old one is dropped' },
    security: { rename: 'it has no name' },
  },
  role: {
    itself: { drop: notCompared, change: notCompared, rename: notCompared },
  },
}
