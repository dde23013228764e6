// The floor of a command that has nothing to do: connect, read the version row.
import { connect } from './connect.mjs'

const client = connect(process.argv[2])
const [row] = await client.query('SELECT version_num FROM migrate_version')
console.log(row.version_num)
await client.end()
