import { createConnection } from 'mysql2/promise'
import { expect, it } from 'vitest'
import { clusterIn, clusterSql, valuesSql } from '../../../../packages/dialect-mysql/src/connection/cluster.ts'
import { describeOnEach } from '../../../kit/servers.ts'

describeOnEach(['mysql', 'mariadb'], 'what a server says of its cluster', (createDatabase, server) => {
  const status = server === 'mysql' ? 'performance_schema.global_status' : 'information_schema.global_status'

  it('is read whole where the server cuts GROUP_CONCAT', async () => {
    const { url } = await createDatabase()
    const connection = await createConnection(url)
    try {
      await connection.query('SET group_concat_max_len = 4')
      const names = ['max_used_connections', 'no_such_variable', 'uptime']
      const [rows] = await connection.query(`SELECT ${valuesSql(status, names)} AS v`)
      expect(rows).toEqual([{ v: expect.stringMatching(/^max_used_connections=\d+,uptime=\d+$/i) }])
      const [facts] = await connection.query(`SELECT 1 ${clusterSql}`)
      expect(facts).toEqual([{ 1: 1, galera: expect.any(String), ...(server === 'mysql' ? { replication: '' } : {}) }])
    } finally {
      await connection.end()
    }
  })

  it('is a cluster of nodes only where there are such', () => {
    expect(clusterIn({ galera: 'wsrep_cluster_size=3,wsrep_ready=ON' })).toMatchObject({
      galeraNodes: 3,
      galeraReady: true,
    })
    expect(clusterIn({ galera: '', replication: '' })).toEqual({
      galeraNodes: 0,
      galeraReady: true,
      multiPrimary: false,
    })
  })
})
