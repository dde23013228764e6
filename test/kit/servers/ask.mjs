// What a server says of itself, through the drivers.
import mysql from 'mysql2/promise'
import postgres from 'postgres'
import { variables } from './names.mjs'

const patience = 5_000

const isPostgres = (name) => name === 'postgres' || name === 'postgres-next'

async function askPostgres(url) {
  const client = postgres(url, { max: 1, connect_timeout: patience / 1000, onnotice: () => undefined })
  try {
    const [row] = await client`select current_setting('server_version') version, version() product,
      current_setting('data_directory', true) data`
    return row
  } finally {
    await client.end({ timeout: 1 })
  }
}

async function askMysql(url) {
  const { hostname, port, username, password, pathname } = new URL(url)
  const connection = await mysql.createConnection({
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    connectTimeout: patience,
  })
  // An error between two answers goes to the one who waits for the next.
  connection.on('error', () => undefined)
  try {
    const [[row]] = await connection.query('select version() version, @@datadir data')
    return { ...row, product: /mariadb/i.test(row.version) ? 'MariaDB' : 'MySQL' }
  } finally {
    connection.destroy()
  }
}

/** Ends a wait that nothing else ends: a port that takes connections and never answers. */
function within(promise, ms) {
  let clock
  const late = new Promise((_, reject) => {
    clock = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(clock))
}

const products = { mariadb: 'MariaDB', 'mariadb-next': 'MariaDB', mysql: 'MySQL' }

/** `{ version: 'MariaDB 10.11.6', data: '/where/its/data/is' }` of the server at a URL. */
export async function ask(name, url) {
  const { version, product, data } = await within((isPostgres(name) ? askPostgres : askMysql)(url), patience + 1_000)
  const [number] = /^[\d.]+\w*/.exec(version) ?? [version]
  const productName = isPostgres(name) ? 'PostgreSQL' : product
  if (productName !== (products[name] ?? 'PostgreSQL')) throw new Error(`the server there is ${productName} ${number}`)
  return { version: `${productName} ${number}`, data }
}

/** What went wrong, in a line; drivers keep the causes of a refused connection in different places. */
export function reasonOf(error) {
  const inner = error.errors?.[0] ?? error
  return (inner.message || inner.code || String(inner)).trim()
}

/** A URL for people: where, not with which password. */
export function addressOf(name, url) {
  try {
    return `${variables[name]} (${new URL(url).host})`
  } catch {
    return variables[name]
  }
}
