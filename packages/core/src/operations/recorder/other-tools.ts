import type { AlterTableRecorder, OperationRecorder, TableOperationRecorder, TableRecorder } from '../recorder-types.ts'

/** What `op` and the blocks of alterTable have; for each, what a block of createTable calls it, where that has it. */
export const tableMethods: { readonly [K in keyof AlterTableRecorder]: keyof TableRecorder | undefined } = {
  addColumn: 'column',
  dropColumn: undefined,
  alterColumn: undefined,
  renameColumn: undefined,
  addPrimaryKey: 'primaryKey',
  addUnique: 'unique',
  addCheck: 'check',
  addForeignKey: 'foreignKey',
  addConstraint: 'exclude',
  dropConstraint: undefined,
  renameConstraint: undefined,
  createIndex: 'index',
  dropIndex: undefined,
  renameIndex: undefined,
  options: 'options',
  comment: 'comment',
  columnComment: undefined,
  indexComment: undefined,
  rowSecurity: 'rowSecurity',
  createPolicy: 'policy',
  alterPolicy: undefined,
  dropPolicy: undefined,
}

type Names = readonly string[]
type ObjectMethod = Exclude<keyof OperationRecorder, keyof TableOperationRecorder>

/** The methods that `op` alone has, and what Alembic, Rails, Knex, Kysely, Sequelize and TypeORM call them: without capitals and underscores. */
export const objectMethods: { readonly [K in ObjectMethod]: Names } = {
  createTable: ['create', 'createtableifnotexists', 'createjointable', 'addtable'],
  dropTable: ['drop', 'droptableifexists', 'dropifexists', 'dropjointable', 'removetable'],
  renameTable: ['altertablename'],
  alterTable: ['batchaltertable', 'changetable', 'modifytable', 'table'],
  createSchema: ['createschemaifnotexists'],
  dropSchema: ['dropschemaifexists'],
  setSchema: ['alterschema', 'movetable', 'changetableschema'],
  createEnum: ['createtype', 'addtype', 'createenumtype'],
  alterEnum: ['altertype', 'addtypevalue', 'addenumvalue', 'renametypevalue', 'renameenumvalue'],
  renameEnum: ['renametype'],
  dropEnum: ['droptype'],
  createView: ['creatematerializedview'],
  replaceView: ['createorreplaceview', 'createviewreplacing', 'alterview', 'updateview'],
  renameView: [],
  dropView: ['dropmaterializedview', 'dropviewifexists'],
  createTrigger: [],
  dropTrigger: [],
  createSequence: [],
  alterSequence: [],
  dropSequence: [],
  createExtension: ['enableextension'],
  dropExtension: ['disableextension'],
  insertRows: ['bulkinsert', 'batchinsert', 'insert', 'insertinto', 'insertdata', 'seed'],
  deleteRows: ['bulkdelete', 'delete', 'deletefrom', 'deletedata'],
  expectNone: [],
  sql: ['execute', 'executesql', 'exec', 'raw', 'query', 'runsql', 'refreshmaterializedview', 'createfunction'],
  run: [
    'getbind',
    'bulkupdate',
    'update',
    'updatetable',
    'updatedata',
    'select',
    'selectfrom',
    'runpython',
    'runasync',
  ],
  limits: ['locktimeout', 'statementtimeout', 'settimeout'],
  on: ['getcontext', 'getdialect'],
}

/** The same of the methods that change a table. */
export const tableMethodNames: { readonly [K in keyof AlterTableRecorder]?: Names } = {
  addColumn: ['add', 'addcolumns', 'addfield', 'addtimestamps'],
  dropColumn: ['remove', 'removecolumn', 'removecolumns', 'dropcolumns', 'removefield'],
  alterColumn: [
    ...['change', 'changecolumn', 'changecolumndefault', 'changecolumnnull', 'modify', 'modifycolumn', 'alter'],
    ...['altercolumntype', 'alterfield', 'setnullable', 'dropnullable'],
  ],
  renameColumn: ['rename', 'renamefield'],
  addPrimaryKey: ['primary', 'createprimarykey', 'createprimarykeyconstraint', 'addprimarykeyconstraint'],
  addUnique: ['createuniqueconstraint', 'adduniqueconstraint', 'uniqueconstraint', 'createunique'],
  addCheck: ['createcheckconstraint', 'addcheckconstraint', 'checkconstraint'],
  addForeignKey: [
    ...['foreign', 'createforeignkey', 'createforeignkeyconstraint', 'addforeignkeyconstraint', 'references'],
    ...['addreference', 'belongsto', 'foreignid'],
  ],
  addConstraint: [
    'createexcludeconstraint',
    'addexclusionconstraint',
    'createexclusionconstraint',
    'excludeconstraint',
  ],
  dropConstraint: [
    ...['removeconstraint', 'dropforeign', 'dropforeignkey', 'removeforeignkey', 'dropforeignkeyconstraint'],
    ...['dropunique', 'dropuniqueconstraint', 'removeuniqueconstraint', 'dropprimary', 'dropprimarykey'],
    ...['dropcheck', 'dropchecks', 'dropcheckconstraint', 'removecheckconstraint', 'removereference'],
  ],
  createIndex: ['addindex', 'createindices', 'adduniqueindex'],
  dropIndex: ['removeindex', 'dropindices', 'dropindexifexists'],
  comment: ['createtablecomment', 'droptablecomment', 'changetablecomment', 'settablecomment', 'setcomment'],
  columnComment: ['changecolumncomment', 'createcolumncomment', 'setcolumncomment'],
  options: ['altertableoptions', 'tableoptions', 'settableoptions'],
  rowSecurity: ['enablerowlevelsecurity', 'enablerls', 'setrowsecurity'],
}

/** Types that are methods of a table elsewhere: `t.string('name')`. Functions here: `t.column('name', varchar(255))`. */
export const columnTypes: { readonly [name: string]: string } = {
  ...{ string: 'varchar(255)', varchar: 'varchar(255)', char: 'char(1)', text: 'text()', longtext: 'text()' },
  ...{ mediumtext: 'text()', integer: 'integer()', int: 'integer()', tinyint: 'smallint()', smallint: 'smallint()' },
  ...{ smallinteger: 'smallint()', mediumint: 'integer()', bigint: 'bigint()', biginteger: 'bigint()' },
  ...{ float: 'real()', real: 'real()', double: 'double()', decimal: 'decimal(10, 2)', numeric: 'decimal(10, 2)' },
  ...{ boolean: 'boolean()', bool: 'boolean()', date: 'date()', time: 'time()', datetime: 'timestamp()' },
  ...{ timestamp: 'timestamp()', timestamptz: 'timestamp({ withTimezone: true })', timestamps: 'timestamp()' },
  ...{ json: 'json()', jsonb: 'json()', uuid: 'uuid()', binary: 'bytes()', blob: 'bytes()', bytea: 'bytes()' },
  ...{ enum: "enumeration(['…'])", enu: "enumeration(['…'])", specifictype: "native('postgres', '…')" },
  increments: "integer(), { nullable: false, identity: { mode: 'byDefault' } }",
  bigincrements: "bigint(), { nullable: false, identity: { mode: 'byDefault' } }",
}

/** What other tools keep their methods in: `knex.schema.createTable`. */
export const holders: Names = ['schema', 'migrator', 'queryinterface', 'context']

/** What asks the database, which a recording cannot. */
export const questions: Names = [
  'hastable',
  'hascolumn',
  'hasindex',
  'tableexists',
  'columnexists',
  'gettable',
  'inspect',
]
