# What the sets hold. A line for an image is: set, tag, recipe folder, Debian suite, build arguments.
# A line for a server is: set, function of the recipe's server.sh, key, its arguments. `full` includes `core`.

image core postgres:15 postgres bookworm PG_MAJOR=15
image core postgres:18 postgres forky PG_MAJOR=18 PG_HOME=/var/lib/postgresql PG_DATA=/var/lib/postgresql/18/docker
image core redis:7 redis bookworm
image core cofre-lab/host:docker host bookworm --target docker
image core cofre-lab/host:plain host bookworm --target plain
image full cofre-lab/host:clients host bookworm --target clients
image full postgres:13 postgres bullseye PG_MAJOR=13
image full postgres:17 postgres trixie PG_MAJOR=17
image full redis:6 redis bullseye
image full redis:8 redis trixie
image full mysql:9.7 mysql sid
image full mariadb:11.8 mariadb trixie
image full mariadb:10.11 mariadb bookworm
image full minio/minio:RELEASE.2025-09-07T16-13-09Z minio trixie
image full versity/versitygw:v1.8.0 versitygw trixie
image full ferretdb/ferretdb:2.7 ferretdb forky

server core postgres_server pg15 15 15
server core postgres_server pg18 18 18 file
server full postgres_server pg13 13 13
server full postgres_server pg17 17 17
server core redis_server redis7 7 7
server core redis_server redis7-plain 7 9 plain
server full redis_server redis6 6 6
server full redis_server redis8 8 8
server full mariadb_server mariadb1011 10.11 11
server full mariadb_server mariadb118 11.8 12 file
server full mysql_server mysql97 9.7 10
server full minio_server minio RELEASE.2025-09-07T16-13-09Z 40
server full versitygw_server s3other v1.8.0 41
server full ferretdb_server ferretdb 2.7 27
server full ssh_clients clients 25
server core ssh_docker docker 22
server core ssh_own own 23
server core ssh_plain plain 24

FULL_MARK=shop-pg13
