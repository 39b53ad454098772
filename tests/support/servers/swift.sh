#!/bin/bash
# OpenStack Swift behind its s3api, in the foreground: one proxy over one disk folder.
# usage: swift.sh FOLDER ACCOUNT:USER SECRET_KEY S3_PORT OBJECT_PORT CONTAINER_PORT ACCOUNT_PORT MEMCACHED_PORT
# Debian: swift-proxy swift-account swift-container swift-object memcached
set -euo pipefail
folder=$1 access=$2 secret=$3 s3=$4 cache=$8
cd "$folder"
mkdir -p disks/d1 etc
user=$(id -un)
declare -A ports=([object]=$5 [container]=$6 [account]=$7)

# Swift reads its cluster settings from the folder named by swift_dir.
cat > etc/swift.conf <<CONF
[swift-hash]
swift_hash_path_suffix = test
[storage-policy:0]
name = one
default = yes
CONF

for part in object container account; do
  ring=etc/$part.builder
  swift-ring-builder "$ring" create 4 1 1 > /dev/null
  swift-ring-builder "$ring" add "r1z1-127.0.0.1:${ports[$part]}/d1" 1 > /dev/null
  swift-ring-builder "$ring" rebalance > /dev/null
  cat > "etc/$part-server.conf" <<CONF
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${ports[$part]}
swift_dir = $folder/etc
devices = $folder/disks
user = $user
workers = 0
mount_check = false
disable_fallocate = true
[pipeline:main]
pipeline = $part-server
[app:$part-server]
use = egg:swift#$part
CONF
  "swift-$part-server" "etc/$part-server.conf" > "$part.log" 2>&1 &
done

cat > etc/proxy-server.conf <<CONF
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $s3
swift_dir = $folder/etc
user = $user
workers = 0
[pipeline:main]
pipeline = catch_errors proxy-logging cache bulk tempurl s3api tempauth slo dlo proxy-logging proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:proxy-logging]
use = egg:swift#proxy_logging
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$cache
[filter:bulk]
use = egg:swift#bulk
[filter:tempurl]
use = egg:swift#tempurl
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:s3api]
use = egg:swift#s3api
s3_acl = no
allow_multipart_uploads = yes
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_${access/:/_} = $secret .admin
CONF

memcached -u "$user" -l 127.0.0.1 -p "$cache" > memcached.log 2>&1 &
exec swift-proxy-server etc/proxy-server.conf
