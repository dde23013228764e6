import type { Mutant } from '../../kit/mutants/mutant.ts'

const operations = 'packages/core/src/operations'
const recorder = 'test/unit/operations/recorder.test.ts'
const laws = 'test/unit/operations/laws.test.ts'
const differences = 'test/unit/operations/differences.test.ts'
const planning = 'test/unit/run/planning.test.ts'

/** Recording, the fold over a schema, comparing, guards, compiling. */
export const operationMutants: readonly Mutant[] = [
  {
    name: 'record whatever it is called',
    file: 'packages/core/src/operations/recorder/scope.ts',
    find: 'checkShape(plainOperation, kind, name)',
    replace: '',
    test: ['test/unit/operations/shapes.test.ts', 'a guard is refused where it is recorded, by its place'],
  },
  {
    name: 'leave out the options of an index that are misspelt',
    file: 'packages/core/src/declare/to-model.ts',
    find: "refuseUnknownOption('index', name, options, indexOptions)",
    replace: '',
    test: [
      'test/unit/operations/shapes.test.ts',
      'an option of an index is refused where it is recorded, by its place',
    ],
  },
  {
    name: 'leave the recorder open',
    file: `${operations}/recorder/scope.ts`,
    find: 'scope.isOpen = false',
    replace: 'scope.isOpen = true',
    test: [recorder, 'a call after the end, of op and of t'],
  },
  {
    name: 'take an async upgrade for a synchronous one',
    file: `${operations}/recorder/scope.ts`,
    find: "typeof (result as { then?: unknown }).then !== 'function') return",
    replace: 'true) return',
    test: [recorder, 'an async upgrade'],
  },
  {
    name: 'take two data steps of one label',
    file: `${operations}/recorder/operation-recorder.ts`,
    find: 'if (recording.steps.has(label)) {',
    replace: "if (label === '') {",
    test: [recorder, 'recording refuses'],
  },
  {
    name: 'let the caller change what was recorded',
    file: `${operations}/recorder/scope.ts`,
    find: 'const plainOperation = plain(operation, name)',
    replace: 'const plainOperation = operation',
    test: ['test/unit/operations/recording.test.ts', 'does not follow what the caller changes afterwards'],
  },
  {
    name: 'forget the default when a column is changed back',
    file: `${operations}/traits/columns.ts`,
    find: '{ default: column.default ?? null }',
    replace: '{ default: null }',
    test: [laws, 'alterColumn: the inverse restores the schema, wherever there is one'],
  },
  {
    name: 'leave keys and indexes behind when a column is renamed',
    file: `${operations}/traits/columns.ts`,
    find: 'followColumn(editTable(before, table, renameInTable(table, name, to)), operation.table, name, to)',
    replace: 'editTable(before, table, renameInTable(table, name, to))',
    test: ['test/unit/operations/kinds.test.ts', 'each kind of operation'],
  },
  {
    name: 'drop a column that a key stands on',
    file: `${operations}/traits/columns.ts`,
    find: 'if (dependants.length > 0) throw dependent(`column',
    replace: 'if (dependants.length < 0) throw dependent(`column',
    test: ['test/unit/operations/kinds.test.ts', 'refusals name the object'],
  },
  {
    name: 'compare no nullability',
    file: 'packages/core/src/compare/table-differences.ts',
    find: "['nullable', column.nullable, ",
    replace: "['nullable', true, ",
    test: [differences, 'a difference is a line'],
  },
  {
    name: 'compare no predicates of indexes',
    file: 'packages/core/src/compare/table-differences.ts',
    find: "['where', index.where === undefined ? undefined : expressionText(index.where), ",
    replace: "['where', undefined, ",
    test: [differences, 'a difference is a line'],
  },
  {
    name: 'see no constraint that is left over',
    file: 'packages/core/src/compare/constraint-match.ts',
    find: '...[...left].map((other) =>',
    replace: '...[].map((other) =>',
    test: [differences, 'a difference is a line'],
  },
  {
    name: 'shrug where a guarded table exists in another shape',
    file: 'packages/core/src/compile/guards.ts',
    find: 'if (differences.length === 0) return isText',
    replace: 'if (differences.length >= 0) return isText',
    test: [planning, 'guards are resolved against the tables; another shape is refused with the differences'],
  },
  {
    name: 'revert what a guard has left alone',
    file: 'packages/core/src/compile/guards.ts',
    find: 'const whole = existingPart(dialect, before, object, [table, like])',
    replace: 'return undefined\n    const whole = existingPart(dialect, before, object, [table, like])',
    test: [planning, 'guards are resolved against the tables; another shape is refused with the differences'],
  },
  {
    name: 'compile what follows opaque SQL against the tables of before',
    file: 'packages/core/src/compile/compile.ts',
    find: "operation.kind === 'run' || isOpaque(operation)",
    replace: "operation.kind === 'run'",
    test: [planning, 'opaque SQL may make what later operations name'],
  },
  {
    name: 'plan nothing for changes that were made since the upgrade',
    file: 'packages/core/src/planning/check-drift.ts',
    find: 'if (differences.length === 0 || accept) return differences',
    replace: 'if (differences.length >= 0) return differences',
    test: [
      planning,
      'what another session changed since the upgrade stops a derived downgrade; accepting it continues',
    ],
  },
  {
    name: 'put a check between parentheses that it closes itself',
    file: 'packages/core/src/compile/expect-none.ts',
    find: "throw invalid(line, 'the parentheses of its query do not match')",
    replace: 'return only.text',
    test: ['test/unit/operations/checks.test.ts', 'a text that is not one SELECT is refused before anything is sent'],
  },
  {
    name: 'look at a check behind opaque SQL only when it runs',
    file: 'packages/core/src/compile/compile-step.ts',
    find: "operation.kind === 'expectNone'",
    replace: "operation.kind !== 'expectNone' && operation.kind === 'expectNone'",
    test: ['test/unit/operations/checks.test.ts', 'also where it stands behind SQL whose effects are unknown'],
  },
  {
    name: 'name the count of all rows in every row',
    file: 'packages/core/src/run/run-statement.ts',
    find: 'column === counted',
    replace: "column === ''",
    test: ['test/dialects/conformance/sqlite.test.ts', 'few rows are all named'],
  },
  {
    name: 'tell the client of a script of a check by the name of a table',
    file: 'packages/core/src/compile/expect-none.ts',
    find: 'counted === undefined ? expectEmpty',
    replace: "counted !== '' ? expectEmpty",
    test: ['test/unit/script/checks.test.ts', 'words that are the name of a table'],
  },
  {
    name: 'look at what is put off before a check',
    file: 'packages/core/src/run/run-operations.ts',
    find: "[...changesRows, 'expectNone']",
    replace: '[...changesRows]',
    test: ['test/unit/journal/checks.test.ts', 'is not looked at because of a check'],
  },
  {
    name: 'look at what is put off before a check in a script',
    file: 'packages/core/src/script/print-step.ts',
    find: 'if (pending && !writes && !reads)',
    replace: 'if (pending && !writes)',
    test: ['test/unit/journal/checks.test.ts', 'is not looked at because of a check in a script'],
  },
]
