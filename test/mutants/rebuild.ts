import type { Mutant } from './mutant.ts'

const compile = 'packages/dialect-sqlite/src/compile'
const survive = 'test/sqlite-rebuild/survive.test.ts'
const changes = 'test/sqlite-rebuild/changes.test.ts'
const rows = 'test/sqlite-rebuild/rows.test.ts'
const texts = 'test/sqlite-compile/rebuild.test.ts'
const groups = 'test/merged-groups/sqlite-cases.test.ts'

/** What a rebuilt table, its rows and its dependants must keep. */
export const rebuildMutants: readonly Mutant[] = [
  {
    name: 'drop the trigger carry-over',
    file: `${compile}/rebuild.ts`,
    find: '    ...triggersOf(after, table).map((trigger): Statement => ({ ...createTrigger(trigger), ...off })),\n',
    replace: '',
    test: [survive, 'keeps triggers, which do not fire meanwhile'],
  },
  {
    name: 'skip sqlite_sequence',
    file: `${compile}/rebuild.ts`,
    find: '...(oldKey.countsUp && freshKey.countsUp ? carrySequence(table, into) : []),',
    replace: '',
    test: [survive, 'keeps the AUTOINCREMENT counter'],
  },
  {
    name: 'forget rowid',
    file: `${compile}/rebuild.ts`,
    find: 'if (!carried && old.rowid !== undefined && fresh.rowid !== undefined) {',
    replace: 'if (carried && old.rowid !== undefined && fresh.rowid !== undefined) {',
    test: [rows, 'keep their hidden rowids'],
  },
  {
    name: 'take a column called rowid for the rowid',
    file: `${compile}/row-key.ts`,
    find: "['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name))",
    replace: "['rowid', '_rowid_', 'oid'].find((name) => name !== '' || !taken.has(name))",
    test: [rows, 'keep their hidden rowids where columns are called rowid and oid'],
  },
  {
    name: 'go over a key whose order is another than that of its columns',
    file: `${compile}/row-key.ts`,
    find: 'primary === undefined || isCollated(parsed) ? undefined',
    replace: 'primary === undefined ? undefined',
    test: [rows, 'of a WITHOUT ROWID table whose key compares otherwise than its column all arrive'],
  },
  {
    name: 'copy the last row of a range again',
    file: 'packages/dialect-sqlite/src/copy.ts',
    find: 'copy.key[0]} > ?`',
    replace: 'copy.key[0]} >= ?`',
    test: [rows, 'arrive at both ends of 64 bits, with gaps'],
  },
  {
    name: 'let conflict clauses swallow rows of the copy',
    file: 'packages/dialect-sqlite/src/copy.ts',
    find: 'INSERT OR ABORT INTO',
    replace: 'INSERT INTO',
    test: [rows, 'that a conflict clause would swallow make an error instead'],
  },
  {
    name: 'drop the comparison of the counts',
    file: `${compile}/rebuild.ts`,
    find: 'WHERE "before" <> "after"',
    replace: 'WHERE false',
    test: [texts, 'is these statements, in this order'],
  },
  {
    name: 'copy generated columns',
    file: `${compile}/column-map.ts`,
    find: 'if (column.generated !== undefined || origin === undefined) return []',
    replace: 'if (origin === undefined) return []',
    test: [rows, 'keep every value bit by bit, generated columns left out'],
  },
  {
    name: 'leave legacy_alter_table off while the new table takes its name',
    file: `${compile}/rebuild.ts`,
    find: "    about('PRAGMA legacy_alter_table = ON'),\n",
    replace: '',
    test: [survive, 'keeps views, and views of views'],
  },
  {
    name: 'lose the indexes',
    file: `${compile}/rebuild.ts`,
    find: '...indexesAgain(old, fresh).map((index): Statement => ({ ...index, ...off })),',
    replace: '',
    test: [survive, 'keeps expression, partial, descending and collated indexes, by their own text'],
  },
  {
    name: 'write indexes anew instead of from their own text',
    file: `${compile}/indexes.ts`,
    find: 'index.source ?? createIndexText(table, index)',
    replace: 'createIndexText(table, index)',
    test: [survive, 'keeps expression, partial, descending and collated indexes, by their own text'],
  },
  {
    name: 'write the table anew instead of from its own text',
    file: `${compile}/statements.ts`,
    find: 'return table.source ?? createTableText(settleTable(table))',
    replace: 'return createTableText(settleTable(table))',
    test: [survive, 'keeps what it does not change as it was written'],
  },
  {
    name: 'lose the CHECK of a column whose type changes',
    file: 'packages/dialect-sqlite/src/ddl/edit-column.ts',
    find: '{ ...parsed.type, text }]',
    replace: '{ start: parsed.type.start, end: parsed.end, text }]',
    test: [survive, 'keeps CHECKs'],
  },
  {
    name: 'lose what stands behind the type of a column that becomes NOT NULL',
    file: 'packages/dialect-sqlite/src/ddl/edit-column.ts',
    find: "return [...spoken, insertAfter(source, headEnd(column), 'NOT NULL')]",
    replace: "return [{ start: headEnd(column), end: column.end, text: ' NOT NULL' }]",
    test: ['test/sqlite-ddl/edit-column.test.ts', '{"nullable":false}'],
  },
  {
    name: 'see no collations',
    file: 'packages/dialect-sqlite/src/introspect/columns.ts',
    find: "return assign(model, 'collation', lastPart(column, 'collate')?.collation.name)",
    replace: 'return model',
    test: ['test/sqlite-introspect/introspect.test.ts', 'has each column with all that is said of it'],
  },
  {
    name: 'make a rebuild of each change',
    file: `${compile}/batch.ts`,
    find: 'return rebuilds ? size : 1',
    replace: 'return 1',
    test: [changes, 'make one rebuild'],
  },
  {
    name: 'batch over the changes of another table',
    file: `${compile}/batch.ts`,
    find: 'tableKey(at.operation.table) !== table || ',
    replace: '',
    test: [texts, 'ends at other tables, data, triggers and opaque SQL'],
  },
  {
    name: 'fill an added column with the default that it has at the end of the group',
    file: `${compile}/column-map.ts`,
    find: 'return origin.added === defaultOf(column) ? []',
    replace: 'return origin.added !== undefined ? []',
    test: [groups, 'fills an added column with the default that it was added with'],
  },
  {
    name: 'change a value twice in one rebuild',
    file: `${compile}/merge-rules.ts`,
    find: 'if (meets(touches, touched) || ',
    replace: 'if (',
    test: [groups, 'converts through the type in between'],
  },
  {
    name: 'read a value that the same rebuild changes',
    file: `${compile}/merge-rules.ts`,
    find: 'if (meets(reads, touched) || ',
    replace: 'if (',
    test: [groups, 'gives the second `using` what the first has made'],
  },
  {
    name: 'forget a constraint that is added and taken away in one group',
    file: `${compile}/merge-rules.ts`,
    find: ' || meets(relaxes, demanded)) return true',
    replace: ') return true',
    test: [groups, 'a constraint that is added and taken away'],
  },
  {
    name: 'forget what refuses rows between two changes of them',
    file: `${compile}/merge-rules.ts`,
    find: 'return rulesOf(before).some((rule) => meets(rule, touches) && meets(rule, touched))',
    replace: 'return false',
    test: [groups, 'values that two changes bring past a constraint'],
  },
  {
    name: 'leave rows with NULL to the copy',
    file: `${compile}/checks-before.ts`,
    find: 'if (!column.nullable && column.name !== keys.old.alias && ',
    replace: 'if (column.nullable && ',
    test: [changes, 'to NOT NULL names the rows with NULL and changes nothing'],
  },
  {
    name: 'mean a temporary table of the same name',
    file: `${compile}/statements.ts`,
    find: 'return sql`main.',
    replace: 'return sql`',
    test: [changes, 'means the table of the file also where a temporary one has its name'],
  },
  {
    name: 'drop a table whose rows others refer to',
    file: `${compile}/tables.ts`,
    find: 'return [noReferrers(ref), keepsItself',
    replace: 'return [keepsItself',
    test: [changes, 'never drops a table whose rows others refer to, also if it was not told of them'],
  },
  {
    name: 'rebuild with foreign keys on',
    file: 'packages/core/src/compile/compile-step.ts',
    find: "statements.some((statement) => statement.foreignKeys === 'off')",
    replace: 'statements.length < 0',
    test: [
      'test/execute/rebuild.test.ts',
      'a rebuild of a parent in a revision keeps the children of ON DELETE CASCADE',
    ],
  },
]
