#include "handlers/address_guard.hpp"

#include <errand/error.hpp>

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace errand::handlers {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string_view kind_of(std::string_view text) {
    const auto address = NetworkAddress::parse(text);
    EXPECT_TRUE(address.has_value()) << text;
    return kind_if_not_public(address.value());
}

struct Case {
    std::string_view address;
    std::string_view kind;
};

TEST(AddressKind, WhatIsNotPublicIsNamed) {
    for (const auto& [address, kind] : std::initializer_list<Case>{
             {"0.0.0.0", "an unspecified address"},
             {"0.255.255.255", "an unspecified address"},
             {"10.0.0.0", "a private address"},
             {"10.255.255.255", "a private address"},
             {"100.64.0.1", "an address of carrier NAT"},
             {"100.100.100.200", "an address of carrier NAT"},
             {"100.127.255.255", "an address of carrier NAT"},
             {"127.0.0.1", "a loopback address"},
             {"127.255.255.254", "a loopback address"},
             {"168.63.129.16", "a service of the cloud platform"},
             {"169.254.169.254", "a link-local address"},
             {"172.16.0.1", "a private address"},
             {"172.31.255.255", "a private address"},
             {"192.0.0.192", "an address for protocols"},
             {"192.0.2.1", "an address of documentation"},
             {"192.88.99.1", "a relay of 6to4"},
             {"192.168.1.1", "a private address"},
             {"198.18.0.1", "an address for benchmarks"},
             {"198.19.255.255", "an address for benchmarks"},
             {"198.51.100.7", "an address of documentation"},
             {"203.0.113.7", "an address of documentation"},
             {"224.0.0.1", "a multicast address"},
             {"239.255.255.255", "a multicast address"},
             {"240.0.0.1", "a reserved address"},
             {"255.255.255.255", "a reserved address"},
             {"::", "an unspecified address"},
             {"::1", "a loopback address"},
             {"::2", "a reserved address"},
             {"::127.0.0.1", "a reserved address"},
             {"100::1", "an address that discards"},
             {"2001::1", "an address of a Teredo tunnel"},
             {"2001:2::1", "an address for protocols"},
             {"2001:db8::1", "an address of documentation"},
             {"3fff:fff::1", "an address of documentation"},
             {"4000::1", "a reserved address"},
             {"5f00::1", "a reserved address"},
             {"fc00::1", "a private address"},
             {"fd00:ec2::254", "a private address"},
             {"fe80::1", "a link-local address"},
             {"fe80::1%eth0", "a link-local address"},
             {"febf::1", "a link-local address"},
             {"fec0::1", "a site-local address"},
             {"ff02::1", "a multicast address"},
         }) {
        EXPECT_EQ(kind_of(address), kind) << address;
    }
}

TEST(AddressKind, FormsThatCarryAnIpv4AddressCountAsIt) {
    for (const auto& [address, kind] : std::initializer_list<Case>{
             {"::ffff:127.0.0.1", "a loopback address"},
             {"::ffff:a00:1", "a private address"},
             {"::ffff:8.8.8.8", ""},
             {"64:ff9b::169.254.169.254", "a link-local address"},
             {"64:ff9b::8.8.8.8", ""},
             {"64:ff9b:1::8.8.8.8", "a translated address"},
             {"2002:7f00:1::1", "a loopback address"},
             {"2002:c0a8:101::", "a private address"},
             {"2002:808:808::1", ""},
             {"2a00:1450::5efe:10.0.0.1", "a private address"},
             {"2a00:1450::200:5efe:192.168.0.1", "a private address"},
             {"2a00:1450::5efe:8.8.8.8", ""},
             {"2a00:1450::1:5efe:10.0.0.1", ""},
         }) {
        EXPECT_EQ(kind_of(address), kind) << address;
    }
}

TEST(AddressKind, ItsNeighboursArePublic) {
    for (const auto* address :
         {"1.0.0.0",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
          "100.128.0.0",     "126.255.255.255", "128.0.0.0",       "168.63.129.15",
          "168.63.129.17",   "169.253.255.255", "169.255.0.0",     "172.15.255.255",
          "172.32.0.0",      "191.255.255.255", "192.0.1.0",       "192.0.3.0",
          "192.167.255.255", "192.169.0.0",     "198.17.255.255",  "198.20.0.0",
          "203.0.112.255",   "203.0.114.0",     "223.255.255.255", "2000::1",
          "2001:200::1",     "2001:db9::1",     "2003::1",         "2606:4700:4700::1111",
          "3ffe::1"}) {
        EXPECT_EQ(kind_of(address), "") << address;
    }
}

TEST(NetworkAddress, IsReadOfSocketsAndTexts) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(0x0a000001);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    EXPECT_EQ(NetworkAddress::of(reinterpret_cast<const sockaddr&>(v4)),
              NetworkAddress::parse("10.0.0.1"));
    EXPECT_EQ(NetworkAddress::of(reinterpret_cast<const sockaddr&>(v6)),
              NetworkAddress::parse("::1"));
    EXPECT_EQ(NetworkAddress::parse("::ffff:10.0.0.1"), NetworkAddress::parse("10.0.0.1"));
    EXPECT_EQ(to_string(*NetworkAddress::parse("::ffff:10.0.0.1")), "10.0.0.1");
    EXPECT_EQ(to_string(*NetworkAddress::parse("FE80:0::1%lo")), "fe80::1");
    for (const auto* text : {"", "localhost", "10.0.0", "10.0.0.1.2", "10.0.0.256", "0x7f.0.0.1",
                             "10.0.0.1%eth0", ":::1", "[::1]", "1"}) {
        EXPECT_FALSE(NetworkAddress::parse(text).has_value()) << text;
    }
    EXPECT_FALSE(NetworkAddress::parse(std::string_view{"10.0.0.1\0x", 10}).has_value());
}

TEST(AddressRange, HoldsWhatBeginsWithTheSameBits) {
    const auto ten = AddressRange::parse("10.1.0.0/16");
    EXPECT_TRUE(ten.contains(*NetworkAddress::parse("10.1.255.255")));
    EXPECT_TRUE(ten.contains(*NetworkAddress::parse("::ffff:10.1.2.3")));
    EXPECT_FALSE(ten.contains(*NetworkAddress::parse("10.2.0.0")));
    EXPECT_FALSE(ten.contains(*NetworkAddress::parse("fd00::1")));
    EXPECT_TRUE(AddressRange::parse("fd00::/9").contains(*NetworkAddress::parse("fd7f::1")));
    EXPECT_FALSE(AddressRange::parse("fd00::/9").contains(*NetworkAddress::parse("fd80::1")));
    EXPECT_TRUE(AddressRange::parse("127.0.0.1").contains(*NetworkAddress::parse("127.0.0.1")));
    EXPECT_FALSE(AddressRange::parse("127.0.0.1").contains(*NetworkAddress::parse("127.0.0.2")));
    EXPECT_TRUE(AddressRange::parse("0.0.0.0/0").contains(*NetworkAddress::parse("8.8.8.8")));
    EXPECT_FALSE(AddressRange::parse("0.0.0.0/0").contains(*NetworkAddress::parse("::1")));
    EXPECT_TRUE(AddressRange::parse("::/0").contains(*NetworkAddress::parse("8.8.8.8")));
}

TEST(AddressRange, RefusesOtherTextsWithARemedy) {
    const auto refusal = [](std::string_view text) -> std::string {
        try {
            static_cast<void>(AddressRange::parse(text));
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
            return error.what();
        }
        return {};
    };
    EXPECT_THAT(refusal("10.1.2.0/16"), HasSubstr("did you mean 10.1.0.0/16?"));
    EXPECT_THAT(refusal("fd00::1/8"), HasSubstr("did you mean fd00::/8?"));
    EXPECT_THAT(refusal("10.0.0.0/33"), HasSubstr("from 0 to 32"));
    EXPECT_THAT(refusal("fd00::/129"), HasSubstr("from 0 to 128"));
    EXPECT_THAT(refusal("10.0.0.0/"), HasSubstr("from 0 to 32"));
    EXPECT_THAT(refusal("10.0.0.0/8x"), HasSubstr("from 0 to 32"));
    EXPECT_THAT(refusal("10.0.0.0/-1"), HasSubstr("from 0 to 32"));
    EXPECT_THAT(refusal("localhost"), HasSubstr("127.0.0.1"));
    EXPECT_THAT(refusal("fe80::%lo/64"), HasSubstr("fd00::/8"));
    EXPECT_THAT(refusal(""), HasSubstr("10.1.0.0/16"));
}

TEST(AddressGuard, AllowsWhatItWasTold) {
    const AddressGuard guard{{"10.1.0.0/16", "::1"}};
    const auto reason = [&](std::string_view text) {
        return guard.why_refused(*NetworkAddress::parse(text));
    };
    EXPECT_THAT(reason("10.1.2.3"), IsEmpty());
    EXPECT_THAT(reason("::ffff:10.1.2.3"), IsEmpty());
    EXPECT_THAT(reason("::1"), IsEmpty());
    EXPECT_THAT(reason("8.8.8.8"), IsEmpty());
    EXPECT_EQ(reason("10.2.0.1"), "10.2.0.1 is a private address");
    EXPECT_EQ(reason("127.0.0.1"), "127.0.0.1 is a loopback address");
    // Allowed as itself, not as what a translator makes of it.
    EXPECT_EQ(reason("64:ff9b::10.1.2.3"), "64:ff9b::a01:203 is a private address");
}

TEST(AddressGuard, RefusesOtherKindsOfSockets) {
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    EXPECT_THAT(AddressGuard{{"::/0"}}.why_refused(reinterpret_cast<const sockaddr&>(local)),
                HasSubstr("neither"));
}

}  // namespace
}  // namespace errand::handlers
