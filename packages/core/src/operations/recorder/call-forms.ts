import type { AlterTableRecorder, OperationRecorder, TableOperationRecorder, TableRecorder } from '../recorder-types.ts'
import { tableMethods } from './other-tools.ts'
import type { RecorderKind } from './unknown-method.ts'

/** The arguments of each method as they are usually written: what is shown where it was given something else. */
const tableForms: { readonly [K in keyof AlterTableRecorder]: string } = {
  addColumn: "'locale', varchar(12), { nullable: false, default: 'en' }",
  dropColumn: "'locale'",
  alterColumn: "'locale', { type: varchar(12), nullable: false }",
  renameColumn: "'locale', 'language'",
  addPrimaryKey: "['id']",
  addUnique: "['email'], { name: 'accounts_email_key' }",
  addCheck: "expression('age > 0'), { name: 'accounts_age' }",
  addForeignKey: "{ columns: ['owner'], references: { table: 'accounts', columns: ['id'] } }",
  addConstraint: "{ kind: 'unique', name: 'accounts_email_key', columns: ['email'] }",
  dropConstraint: "'accounts_email_key'",
  renameConstraint: "'accounts_email_key', 'accounts_mail_key'",
  createIndex: "'accounts_email', ['email'], { unique: true }",
  dropIndex: "'accounts_email'",
  renameIndex: "'accounts_email', 'accounts_mail'",
  options: "{ engine: 'InnoDB' }",
  comment: "'who can sign in'",
  columnComment: "'locale', 'a language tag'",
  indexComment: "'accounts_email', 'for the sign-in'",
  rowSecurity: '{ enabled: true }',
  createPolicy: "'own_rows', { using: expression('owner = current_user') }",
  alterPolicy: "'own_rows', { to: 'app' }",
  dropPolicy: "'own_rows'",
}

const objectForms: { readonly [K in Exclude<keyof OperationRecorder, keyof TableOperationRecorder>]: string } = {
  createTable: "'accounts', (t) => { t.column('id', integer(), { nullable: false }); t.primaryKey(['id']) }",
  dropTable: "'accounts'",
  renameTable: "'accounts', 'users'",
  alterTable: "'accounts', (t) => { t.dropColumn('locale') }",
  createSchema: "'sales'",
  dropSchema: "'sales'",
  setSchema: "'table', 'accounts', 'sales'",
  createEnum: "'mood', ['calm', 'glad']",
  alterEnum: "'mood', { add: [{ value: 'sad' }] }",
  renameEnum: "'mood', 'state'",
  dropEnum: "'mood'",
  createView: "'names', expression('SELECT name FROM accounts')",
  replaceView: "'names', expression('SELECT name FROM accounts')",
  renameView: "'names', 'account_names'",
  dropView: "'names'",
  createTrigger: "'accounts', 'stamp', expression('CREATE TRIGGER stamp …')",
  dropTrigger: "'accounts', 'stamp'",
  createSequence: "'numbers', { start: '1' }",
  alterSequence: "'numbers', { increment: '2' }",
  dropSequence: "'numbers'",
  createExtension: "'citext'",
  dropExtension: "'citext'",
  insertRows: "'roles', [{ id: 1, name: 'admin' }], { key: ['id'] }",
  deleteRows: "'roles', [{ id: 1 }]",
  expectNone: "'accounts without an email', 'SELECT id FROM accounts WHERE email IS NULL'",
  sql: "'UPDATE accounts SET locale = …', { inverse: '…' }",
  run: "'fill locales', { up: async (db) => { … }, down: 'none' }",
  limits: "{ lockMs: 2000 }, (op) => { op.dropColumn('accounts', 'locale') }",
  on: '{ postgres: (op) => { … }, otherwise: (op) => { … } }',
}

/** What only a block of createTable calls like this. */
const newTableForms: { readonly [K in keyof TableRecorder]?: string } = {
  exclude: "{ elements: [{ expression: 'during', operator: '&&' }], method: 'gist' }",
}

const isKey = <T extends object>(name: PropertyKey, of: T): name is keyof T => Object.hasOwn(of, name)

/** How a method of a recorder is called: `t.addUnique(['email'])`. */
export function callForm(kind: RecorderKind, name: string): string {
  if (kind === 'op' && isKey(name, objectForms)) return `op.${name}(${objectForms[name]})`
  if (kind === 'op' && isKey(name, tableForms)) return `op.${name}('accounts', ${tableForms[name]})`
  if (isKey(name, newTableForms)) return `t.${name}(${newTableForms[name]})`
  const methods = Object.keys(tableForms) as (keyof AlterTableRecorder)[]
  const change = methods.find((method) => (kind === 'createTable' ? tableMethods[method] : method) === name)
  return `t.${name}(${change === undefined ? '…' : tableForms[change]})`
}
