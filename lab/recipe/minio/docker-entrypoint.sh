#!/bin/sh
# Stands in for the official image's entrypoint: `docker run minio/minio server /data`.
[ "$1" = minio ] || set -- minio "$@"
exec "$@"
