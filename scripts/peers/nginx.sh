#!/bin/sh
# nginx with one worker: nginx.sh PORT FOLDER. The folder is for its own files.
set -eu
PATH=$PATH:/usr/sbin
sed "s/127.0.0.1:PORT/127.0.0.1:$1/; s/WORKERS/1/; s/SENDFILE/off/" "$(dirname "$0")/nginx.conf" >"$2/nginx.conf"
exec nginx -p "$2" -c nginx.conf -e error.log
