import type { BuiltInDialect, ColumnType } from '../../../model/column-type.ts'
import type {
  ColumnModel,
  ConstraintModel,
  DefaultValue,
  EnumModel,
  Extra,
  ExtraPart,
  Identity,
  IndexElement,
  IndexModel,
  PolicyModel,
  RowSecurity,
  SequenceModel,
  TableModel,
  TableRef,
  TriggerModel,
  Undeclared,
  ViewModel,
} from '../../../model/schema-model.ts'
import type { ColumnChange, ConstraintSelector, PolicyChange, SequenceChange } from '../../operation.ts'
import {
  anything,
  type Check,
  either,
  flag,
  list,
  type Member,
  type Members,
  may,
  members,
  must,
  number,
  oneOf,
  orNull,
  record,
  text,
  union,
  unlisted,
  yes,
} from './checks.ts'

export const names = list(text)
export const ref = members<TableRef>({ schema: may(text), name: must(text) })
const perDialect = (member: (check: Check) => Member) =>
  members<{ readonly [D in BuiltInDialect]: string }>({
    sqlite: member(text),
    postgres: member(text),
    mysql: member(text),
  })
export const sqlText = either(text, perDialect(must))
const native = perDialect(may)
const type = union<ColumnType>({
  integer: { bits: must(oneOf(16, 32, 64)) },
  boolean: {},
  text: {},
  varchar: { length: may(number) },
  char: { length: must(number) },
  decimal: { precision: may(number), scale: may(number) },
  real: {},
  double: {},
  date: {},
  time: { precision: may(number) },
  timestamp: { withTimezone: must(flag), precision: may(number) },
  json: {},
  uuid: {},
  bytes: { length: may(number) },
  enum: { name: may(text), schema: may(text), values: must(names) },
  native: { dialect: must(text), sql: must(text) },
})
const defaultValue = union<DefaultValue>({
  literal: { value: must(either(text, number, flag, orNull(text))) },
  now: {},
  expression: { sql: must(text) },
})
const generated = members({ expression: must(text), stored: must(flag) })
const integerText: Check = (value, at) =>
  typeof value === 'string' && /^-?\d+$/.test(value) ? undefined : `${at} is no whole number`
const identity = members<Identity>({
  mode: must(oneOf('always', 'byDefault', 'autoIncrement')),
  start: may(either(number, integerText)),
  increment: may(number),
  minValue: may(text),
  maxValue: may(text),
  cache: may(number),
  cycle: may(flag),
  sequence: may(orNull(text)),
})
const extraPart = either(
  text,
  members<Extract<ExtraPart, { of: string }>>({ of: must(oneOf('self', 'name', 'table')) }),
  members<Extract<ExtraPart, { column: string }>>({ column: must(text) }),
  members<Extract<ExtraPart, { text: string }>>({ text: must(text) }),
)
export const extras = unlisted(
  list(
    members<Extra>({
      what: must(text),
      statements: must(list(list(extraPart))),
      isConstraint: may(yes),
      isGiven: may(yes),
    }),
  ),
)
const undeclared: Members<Undeclared> = {
  extras,
  lasting: unlisted(names),
  foreignOwner: unlisted(text),
}
export const column = members<ColumnModel>({
  ...undeclared,
  name: must(text),
  type: must(type),
  native: may(native),
  nullable: must(flag),
  default: may(defaultValue),
  generated: may(generated),
  identity: may(identity),
  onUpdate: may(oneOf('now')),
  collation: may(text),
  comment: may(text),
  dependants: unlisted(names),
  local: unlisted(names),
  ofHeirs: unlisted(names),
  inherited: unlisted(yes),
  source: unlisted(text),
  after: unlisted(orNull(text)),
})
export const change = members<ColumnChange>({
  type: may(type),
  native: may(native),
  nullable: may(flag),
  default: may(orNull(defaultValue)),
  generated: may(orNull(generated)),
  identity: may(orNull(identity)),
  onUpdate: may(orNull(oneOf('now'))),
  collation: may(orNull(text)),
  comment: may(orNull(text)),
  extras,
  source: unlisted(text),
})
const deferrable = may(oneOf('immediate', 'deferred'))
const action = may(oneOf('noAction', 'restrict', 'cascade', 'setNull', 'setDefault'))
const keyIndex = { include: may(names), options: may(record(text)), ...undeclared }
export const constraint = union<ConstraintModel>({
  primaryKey: { name: may(text), columns: must(names), deferrable, ...keyIndex },
  unique: { name: may(text), columns: must(names), nullsNotDistinct: may(yes), deferrable, ...keyIndex },
  check: {
    ...undeclared,
    name: may(text),
    expression: must(text),
    notValid: may(yes),
    noInherit: may(yes),
    inherited: unlisted(yes),
  },
  foreignKey: {
    ...undeclared,
    name: may(text),
    columns: must(names),
    references: must(members({ table: must(ref), columns: must(names) })),
    onDelete: action,
    onDeleteColumns: may(names),
    onUpdate: action,
    match: may(oneOf('simple', 'full', 'partial')),
    deferrable,
    notValid: may(yes),
  },
  exclude: {
    name: may(text),
    method: may(text),
    elements: must(list(members({ expression: must(text), operator: must(text) }))),
    where: may(text),
    deferrable,
    ...keyIndex,
  },
})
type SelectorByContent =
  | { readonly kind: 'primaryKey' }
  | { readonly kind: 'unique'; readonly columns: readonly string[] }
  | { readonly kind: 'foreignKey'; readonly columns: readonly string[] }
  | { readonly kind: 'check'; readonly expression: string }
export const constraintSelector = either(
  union<SelectorByContent>({
    primaryKey: {},
    unique: { columns: must(names) },
    foreignKey: { columns: must(names) },
    check: { expression: must(text) },
  }),
  members<Extract<ConstraintSelector, { readonly name: string }>>({
    name: must(text),
    kind: may(oneOf('primaryKey', 'unique', 'check', 'foreignKey', 'exclude')),
  }),
)
export const index = members<IndexModel>({
  ...undeclared,
  name: must(text),
  unique: must(flag),
  elements: must(
    list(
      members<IndexElement>({
        column: may(text),
        expression: may(text),
        order: may(oneOf('asc', 'desc')),
        nulls: may(oneOf('first', 'last')),
        collation: may(text),
        operatorClass: may(text),
        prefixLength: may(number),
      }),
    ),
  ),
  where: may(text),
  method: may(text),
  include: may(names),
  nullsNotDistinct: may(yes),
  options: may(record(text)),
  comment: may(text),
  source: unlisted(text),
})
const rowSecurity = members<RowSecurity>({ enabled: must(flag), forced: must(flag) })
export const rowSecurityChange = members<Partial<RowSecurity>>({ enabled: may(flag), forced: may(flag) })
const policyCommand = oneOf('all', 'select', 'insert', 'update', 'delete')
export const policy = members<PolicyModel>({
  ...undeclared,
  name: must(text),
  as: must(oneOf('permissive', 'restrictive')),
  for: must(policyCommand),
  to: must(names),
  using: may(text),
  withCheck: may(text),
  reads: unlisted(list(members({ table: must(ref), column: must(text) }))),
})
export const policyChange = members<PolicyChange>({
  as: may(oneOf('permissive', 'restrictive')),
  for: may(policyCommand),
  to: may(names),
  using: may(orNull(text)),
  withCheck: may(orNull(text)),
})
export const table = members<TableModel>({
  ...undeclared,
  ref: must(ref),
  columns: must(list(column)),
  constraints: must(list(constraint)),
  indexes: must(list(index)),
  options: must(record(either(text, flag))),
  comment: may(text),
  opaque: may(anything),
  hasHeirs: may(yes),
  replication: unlisted(anything),
  rowSecurity: may(rowSecurity),
  policies: may(list(policy)),
  hiddenIndexes: may(anything),
  source: unlisted(text),
})
export const view = members<ViewModel>({
  ...undeclared,
  options: may(record(text)),
  noData: may(yes),
  dependants: unlisted(names),
  reads: may(list(ref)),
  indexNames: may(list(text)),
  readColumns: may(list(members({ table: must(ref), column: must(text) }))),
  ref: must(ref),
  columns: may(names),
  definition: must(text),
  materialized: may(yes),
  source: unlisted(text),
  settings: may(record(text)),
  broken: may(yes),
})
export const trigger = members<TriggerModel>({
  name: must(text),
  table: must(ref),
  definition: must(text),
  settings: may(record(text)),
  after: may(names),
  inPartitions: may(names),
})
export const enumModel = members<EnumModel>({
  ...undeclared,
  ref: must(ref),
  values: must(names),
  dependants: unlisted(names),
})
const sequenceParts: Members<Omit<SequenceModel, 'ref' | keyof Undeclared>> = {
  type: may(oneOf('integer16', 'integer32', 'integer64')),
  start: may(text),
  increment: may(text),
  minValue: may(text),
  maxValue: may(text),
  cache: may(number),
  cycle: may(flag),
  ownedBy: may(members({ table: must(ref), column: must(text) })),
}
export const sequence = members<SequenceModel>({ ref: must(ref), ...sequenceParts, ...undeclared })
export const sequenceChange = members<SequenceChange>(
  Object.fromEntries(
    Object.entries<Member>(sequenceParts).map(([name, { check }]) => [name, may(orNull(check))]),
  ) as unknown as Members<SequenceChange>,
)
