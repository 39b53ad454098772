#!/bin/bash
# A one-node Ceph with radosgw in the foreground: one monitor, one object store in memory.
# usage: ceph.sh FOLDER ACCESS_KEY SECRET_KEY S3_PORT MON_V2_PORT MON_V1_PORT
# Debian: radosgw ceph-mon ceph-osd ceph-common
set -euo pipefail
folder=$1 access=$2 secret=$3 s3=$4 mon2=$5 mon1=$6
cd "$folder"
mkdir -p mon osd/0 run rgw log
cluster=$(cat /proc/sys/kernel/random/uuid)

# The monitor listens on two loopback ports; nothing is replicated; objects live in memory.
cat > ceph.conf <<CONF
[global]
fsid = $cluster
mon host = [v2:127.0.0.1:$mon2,v1:127.0.0.1:$mon1]
public network = 127.0.0.0/8
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
run dir = $folder/run
admin socket = $folder/run/\$name.asok
log file = $folder/log/\$name.log
keyring = $folder/keyring
setuser match path = $folder
[mon]
mon data = $folder/mon/\$id
[osd]
osd data = $folder/osd/\$id
osd objectstore = memstore
memstore device bytes = 2147483648
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$s3
rgw data = $folder/rgw
CONF

conf=(-c "$folder/ceph.conf")
key() { ceph-authtool keyring --gen-key -n "$@" > /dev/null; }
ceph-authtool --create-keyring keyring > /dev/null
key mon. --cap mon 'allow *'
key client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
monmaptool --create --clobber --addv a "[v2:127.0.0.1:$mon2,v1:127.0.0.1:$mon1]" --fsid "$cluster" monmap > /dev/null
ceph-mon "${conf[@]}" --mkfs -i a --monmap monmap --keyring keyring
ceph-mon "${conf[@]}" -f -i a &

disk=$(cat /proc/sys/kernel/random/uuid)
disk_key=$(ceph-authtool --gen-print-key)
echo "{\"cephx_secret\": \"$disk_key\"}" | timeout 60 ceph "${conf[@]}" osd new "$disk" -i - > /dev/null
ceph-authtool keyring -n osd.0 --add-key "$disk_key" > /dev/null
ceph-osd "${conf[@]}" -i 0 --mkfs --osd-uuid "$disk" > /dev/null 2>&1
ceph-osd "${conf[@]}" -f -i 0 2> /dev/null &

timeout 60 ceph "${conf[@]}" auth get-or-create client.rgw mon 'allow rwx' osd 'allow rwx' > rgw/key
cat rgw/key >> keyring
radosgw "${conf[@]}" -f -n client.rgw &
gateway=$!
timeout 60 radosgw-admin "${conf[@]}" user create --uid=test --display-name=test \
  --access-key="$access" --secret-key="$secret" > /dev/null
wait "$gateway"
