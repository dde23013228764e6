// The floor of a command that has nothing to do: open the file, read the version row.
import { Database } from './driver.mjs'

const db = new Database(process.argv[2])
const row = db.prepare('SELECT version_num FROM migrate_version').get()
db.close()
console.log(row.version_num)
