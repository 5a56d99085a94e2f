"""Webhook bodies packed small and sealed: zlib with a dictionary of what every body says, then the cipher.

A message of Meta's is a kilobyte of which a guest wrote ten letters; with the dictionary a fifth of it is left. The
number in front says which dictionary: what was packed with one is read with that one for ever, so an entry of
`DICTIONARIES` never changes; a better one is added.
"""

import zlib

from core.cipher import Cipher, installed

LEVEL = 9
NEWEST = 1
_KOPOKOPO = (
    b'{"topic":"buygoods_transaction_received","id":"","created_at":"2026-11-20T20:00:00+03:00","event":{"type":'
    b'"Buygoods Transaction","resource":{"status":"Received","system":"Lipa Na M-PESA","till_number":"K","currency":'
    b'"KES","hashed_sender_phone":"","sender_first_name":"","sender_middle_name":null,"sender_last_name":"",'
    b'"_links":{"self":"https://api.kopokopo.com/webhook_events/","resource":"https://api.kopokopo.com/'
    b'financial_transaction/"}{"data":{"id":"","type":"incoming_payment","attributes":{"initiation_time":"2026-11-20T'
    b'","status":"Failed","event":{"type":"Incoming Payment Request","resource":null,"errors":"Request cancelled by '
    b'user"},"status":"Success","event":{"type":"Incoming Payment Request","resource":{"id":"","reference":"","amount":'
    b'"350.0","origination_time":"2026-11-20T20:00:00.000+03:00","sender_phone_number":"+2547","errors":null},"metadata":'
    b'{"payment_id":"","order_id":"","notes":""},"_links":{"callback_url":"https://","self":"https://api.kopokopo.com/'
    b"api/v1/incoming_payments/"
)
_WHATSAPP = (
    b'"errors":[{"code":131026,"title":"Message undeliverable","message":"","error_data":{"details":""}}],'
    b'"image":{"caption":"","mime_type":"image/jpeg","sha256":"","id":""},"location":{"latitude":-1.28,"longitude":36.8'
    b'"reaction":{"message_id":"wamid.HBgM","emoji":""},"button":{"payload":"","text":""},'
    b'"statuses":[{"id":"wamid.HBgM","status":"failed","status":"sent","status":"delivered","status":"read","timestamp":'
    b'"17","recipient_id":"2547","recipient_user_id":"KE.","conversation":{"id":"","expiration_timestamp":"17","origin":'
    b'{"type":"service"}},"pricing":{"billable":true,"pricing_model":"PMP","category":"service","type":"regular"},'
    b'"biz_opaque_callback_data":"","type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"","title"'
    b':"","description":""},"type":"interactive","context":{"from":"","id":"wamid.HBgM"},"interactive":{"type":'
    b'"button_reply","button_reply":{"id":"","title":""}}'
    b'{"object":"whatsapp_business_account","entry":[{"id":"","changes":[{"value":{"messaging_product":"whatsapp",'
    b'"metadata":{"display_phone_number":"2547","phone_number_id":"1"},"contacts":[{"profile":{"name":""},"wa_id":"2547",'
    b'"user_id":"KE."}],"messages":[{"from":"2547","from_user_id":"KE.","id":"wamid.HBgMMjU0","timestamp":"17","type":'
    b'"text","text":{"body":""}}]},"field":"messages"}]}]}'
)
DICTIONARIES = {1: _KOPOKOPO + _WHATSAPP}


def pack(body: bytes, cipher: Cipher | None = None) -> bytes:
    """Small, and unreadable without the keys."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=DICTIONARIES[NEWEST])
    return (cipher or installed()).seal(bytes([NEWEST]) + packer.compress(body) + packer.flush())


def unpack(sealed: bytes, cipher: Cipher | None = None) -> bytes:
    """Inverse of `pack`. Raises as `Cipher.unseal` does."""
    packed = (cipher or installed()).unseal(sealed)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS, zdict=DICTIONARIES[packed[0]])
    return unpacker.decompress(packed[1:]) + unpacker.flush()


def reseal(sealed: bytes) -> bytes:
    """The same under the newest key."""
    return installed().seal(installed().unseal(sealed))
